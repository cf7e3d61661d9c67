using System.Text;

namespace Monty.Interop.Os;

/// <summary>Answers the calls for files as CPython on Linux would, from the mounts.</summary>
internal sealed class FileCalls(MountTable mounts, string workingDirectory)
{
    private const int MaxPathBytes = 4096;
    private const int MaxListing = 64 << 20; // characters of its paths; a script may write the directory's as long as it likes
    private const double DirectoryTime = 0;

    public MontyAnswer Answer(MontyOsCall call)
    {
        var path = ((MontyPath)call.Arguments[0]).Value;
        var target = call.Function == OsFunction.Rename ? ((MontyPath)call.Arguments[1]).Value : null;
        var isQuestion = call.Function is OsFunction.Exists or OsFunction.IsFile or OsFunction.IsDir or OsFunction.IsSymlink;
        if (path.Contains('\0', StringComparison.Ordinal) || target?.Contains('\0', StringComparison.Ordinal) == true)
        {
            return isQuestion ? MontyAnswer.Return(false) : MontyAnswer.Raise(OsError.EmbeddedNull);
        }

        try
        {
            if (
                Encoding.UTF8.GetByteCount(path) >= MaxPathBytes
                || (target is not null && Encoding.UTF8.GetByteCount(target) >= MaxPathBytes)
            )
            {
                throw new FileError(Errno.NameTooLong);
            }

            if (path.Length == 0 && call.Function is not (OsFunction.Resolve or OsFunction.Absolute) && !isQuestion)
            {
                throw new FileError(Errno.NoEntry);
            }

            return MontyAnswer.Return(Value(call, path, target));
        }
        catch (FileError error)
            when (isQuestion && error.Errno is Errno.NoEntry or Errno.NotDirectory or Errno.NameTooLong or Errno.LinkLoop or Errno.NoAccess)
        {
            return MontyAnswer.Return(false);
        }
        catch (FileError error)
        {
            return MontyAnswer.Raise(OsError.Create(error.Errno, path, target));
        }
        catch (UndecodableException undecodable)
        {
            return MontyAnswer.Raise(undecodable.Error);
        }
    }

    private MontyValue Value(MontyOsCall call, string path, string? target)
    {
        var names = VirtualPath.NamesOf(path, workingDirectory);
        switch (call.Function)
        {
            case OsFunction.Exists:
                return Find(names) is not null;
            case OsFunction.IsFile:
                return Find(names)?.Kind == EntryKind.File;
            case OsFunction.IsDir:
                return Find(names)?.Kind == EntryKind.Directory;
            case OsFunction.IsSymlink:
                return Find(names, followLink: false)?.Kind == EntryKind.Link;
            case OsFunction.Stat:
                return StatResult.Create(Find(names) ?? throw new FileError(Errno.NoEntry));
            case OsFunction.Iterdir:
                var found = List(names);
                if (found.Count > FileTree.MaxEntries || found.Sum(n => (long)path.Length + n.Length) > MaxListing)
                {
                    throw new FileError(Errno.FileTooBig);
                }

                return new MontyList(
                    found.Order(StringComparer.Ordinal).Select(n => (MontyValue)new MontyPath(Beside(path, n))).ToEquatableArray()
                );
            case OsFunction.Resolve:
                return new MontyPath(Resolve(names));
            case OsFunction.Absolute:
                return new MontyPath(
                    path.StartsWith('/') ? path
                    : path is "" or "." ? workingDirectory
                    : $"{workingDirectory.TrimEnd('/')}/{path}"
                );
            case OsFunction.ReadText:
                return FileText.Decode(Read(names));
            case OsFunction.ReadBytes:
                return new MontyBytes(Read(names));
            case OsFunction.WriteText or OsFunction.AppendText:
                Write(names, FileContent.From(call), call.Function == OsFunction.WriteText);
                return ((MontyStr)call.Arguments[1]).Value.EnumerateRunes().Count();
            case OsFunction.WriteBytes or OsFunction.AppendBytes:
                var content = FileContent.From(call);
                Write(names, content, call.Function == OsFunction.WriteBytes);
                return content.Length;
            case OsFunction.Open:
                return Open(names, path, ((MontyStr)call.Arguments[1]).Value);
            case OsFunction.Mkdir:
                MakeDirectory(names, parents: call.Arguments[1] == MontyBool.True, existOk: call.Arguments[2] == MontyBool.True);
                return MontyValue.None;
            case OsFunction.Unlink:
                Change(names, (tree, at) => tree.RemoveFile(at));
                return MontyValue.None;
            case OsFunction.Rmdir:
                Change(names, (tree, at) => tree.RemoveDirectory(at));
                return MontyValue.None;
            case OsFunction.Rename:
                Rename(names, VirtualPath.NamesOf(target!, workingDirectory));
                return new MontyPath(target!);
            default:
                throw new ArgumentException($"{call.Function} is no call for files.", nameof(call));
        }
    }

    private static string Beside(string directory, string name) =>
        directory is "." ? name
        : directory.EndsWith('/') ? directory + name
        : $"{directory}/{name}";

    private FileEntry? Find(string[] names, bool followLink = true)
    {
        if (mounts.Find(names) is var (tree, at, _))
        {
            return tree.Find(at, followLink);
        }

        return mounts.NamesAbove(names) is null ? null : new FileEntry(EntryKind.Directory, 0, FileEntry.DirectoryMode, DirectoryTime);
    }

    private IReadOnlyList<string> List(string[] names)
    {
        if (mounts.Find(names) is var (tree, at, _))
        {
            return tree.List(at);
        }

        return mounts.NamesAbove(names) ?? throw new FileError(Errno.NoEntry);
    }

    private byte[] Read(string[] names)
    {
        if (mounts.Find(names) is var (tree, at, _))
        {
            return tree.Read(at);
        }

        throw new FileError(mounts.NamesAbove(names) is null ? Errno.NoEntry : Errno.IsDirectory);
    }

    private void Write(string[] names, FileContent content, bool truncate)
    {
        var (tree, at) = ToChange(names);
        tree.Write(at, content, truncate);
    }

    private MontyFileHandle Open(string[] names, string path, string mode)
    {
        if (mode[0] == 'r')
        {
            var found = Find(names) ?? throw new FileError(Errno.NoEntry);
            if (found.Kind == EntryKind.Directory)
            {
                throw new FileError(Errno.IsDirectory);
            }

            if (found.Kind == EntryKind.Link)
            {
                throw new FileError(Errno.LinkLoop);
            }

            if (found.Kind != EntryKind.File)
            {
                throw new FileError(Errno.NoAccess);
            }
        }
        else
        {
            Write(names, default, truncate: mode[0] == 'w');
        }

        return new MontyFileHandle(path, mode);
    }

    private void MakeDirectory(string[] names, bool parents, bool existOk)
    {
        if (Find(names) is { } found)
        {
            if (existOk && found.Kind == EntryKind.Directory)
            {
                return;
            }

            throw new FileError(Errno.Exists);
        }

        if (parents && names.Length > 0 && Find(names[..^1]) is null)
        {
            MakeDirectory(names[..^1], parents: true, existOk: true);
        }

        Change(names, (tree, at) => tree.MakeDirectory(at));
    }

    private void Rename(string[] from, string[] to)
    {
        if (Find(from, followLink: false) is null)
        {
            throw new FileError(Errno.NoEntry);
        }

        var (source, at) = ToChange(from);
        var (other, target) = ToChange(to);
        if (!ReferenceEquals(source, other))
        {
            throw new FileError(Errno.CrossDevice);
        }

        source.Rename(at, target);
    }

    private string Resolve(string[] names) =>
        mounts.Find(names) is var (tree, at, mount) ? VirtualPath.Join([.. mount, .. tree.Resolve(at)]) : VirtualPath.Join(names);

    private void Change(string[] names, Action<FileTree, string[]> change)
    {
        var (tree, at) = ToChange(names);
        change(tree, at);
    }

    /// <summary>The mount that a path is in. Outside of all is a tree that nobody can change, in which only the way to the mounts exists.</summary>
    private (FileTree Tree, string[] Path) ToChange(string[] names)
    {
        if (mounts.Find(names) is var (tree, at, _))
        {
            return (tree, at);
        }

        if (mounts.NamesAbove(names) is not null)
        {
            throw new FileError(Errno.ReadOnly);
        }

        throw new FileError(mounts.NamesAbove(names[..^1]) is null ? Errno.NoEntry : Errno.ReadOnly);
    }
}
