using System.Text;

namespace Monty.Interop.Os;

/// <summary>Answers file calls from the mounts, with the results and errors of CPython on Linux.</summary>
internal sealed class FileCalls(MountTable mounts, string workingDirectory)
{
    private const int MaxPathBytes = 4096;

    /// <summary>The maximum number of characters in the paths of a directory listing. Each path repeats the directory's path, which a script may make arbitrarily long.</summary>
    private const int MaxListingLength = 64 << 20;

    /// <summary>The modification time of the directories above the mounts.</summary>
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

            return MontyAnswer.Return(Execute(call, path, target));
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

    private MontyValue Execute(MontyOsCall call, string path, string? target)
    {
        var names = VirtualPath.Split(path, workingDirectory);
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
                return ListPaths(names, path);
            case OsFunction.Resolve:
                return new MontyPath(Resolve(names));
            case OsFunction.Absolute:
                return new MontyPath(MakeAbsolute(path));
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
                Change(names, (tree, treePath) => tree.RemoveFile(treePath));
                return MontyValue.None;
            case OsFunction.Rmdir:
                Change(names, (tree, treePath) => tree.RemoveDirectory(treePath));
                return MontyValue.None;
            case OsFunction.Rename:
                Rename(names, VirtualPath.Split(target!, workingDirectory));
                return new MontyPath(target!);
            default:
                throw new ArgumentException($"{call.Function} is not a file call.", nameof(call));
        }
    }

    private MontyList ListPaths(string[] names, string directory)
    {
        var entries = List(names);
        if (entries.Count > FileTree.MaxEntries || entries.Sum(name => (long)directory.Length + name.Length) > MaxListingLength)
        {
            throw new FileError(Errno.FileTooBig);
        }

        var paths = entries.Order(StringComparer.Ordinal).Select(MontyValue (name) => new MontyPath(Combine(directory, name)));
        return new MontyList(paths.ToEquatableArray());
    }

    private static string Combine(string directory, string name)
    {
        if (directory is ".")
        {
            return name;
        }

        return directory.EndsWith('/') ? directory + name : $"{directory}/{name}";
    }

    private string MakeAbsolute(string path)
    {
        if (path.StartsWith('/'))
        {
            return path;
        }

        return path is "" or "." ? workingDirectory : $"{workingDirectory.TrimEnd('/')}/{path}";
    }

    private FileEntry? Find(string[] names, bool followLink = true)
    {
        if (mounts.Find(names) is var (tree, treePath, _))
        {
            return tree.Find(treePath, followLink);
        }

        return mounts.NamesAbove(names) is null ? null : new FileEntry(EntryKind.Directory, 0, FileEntry.DirectoryMode, DirectoryTime);
    }

    private IReadOnlyList<string> List(string[] names)
    {
        if (mounts.Find(names) is var (tree, treePath, _))
        {
            return tree.List(treePath);
        }

        return mounts.NamesAbove(names) ?? throw new FileError(Errno.NoEntry);
    }

    private byte[] Read(string[] names)
    {
        if (mounts.Find(names) is var (tree, treePath, _))
        {
            return tree.Read(treePath);
        }

        throw new FileError(mounts.NamesAbove(names) is null ? Errno.NoEntry : Errno.IsDirectory);
    }

    private void Write(string[] names, FileContent content, bool truncate)
    {
        var (tree, treePath) = FindWritable(names);
        tree.Write(treePath, content, truncate);
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

        Change(names, (tree, treePath) => tree.MakeDirectory(treePath));
    }

    private void Rename(string[] from, string[] to)
    {
        if (Find(from, followLink: false) is null)
        {
            throw new FileError(Errno.NoEntry);
        }

        var (source, sourcePath) = FindWritable(from);
        var (target, targetPath) = FindWritable(to);
        if (!ReferenceEquals(source, target))
        {
            throw new FileError(Errno.CrossDevice);
        }

        source.Rename(sourcePath, targetPath);
    }

    private string Resolve(string[] names) =>
        mounts.Find(names) is var (tree, treePath, mountPoint)
            ? VirtualPath.Join([.. mountPoint, .. tree.Resolve(treePath)])
            : VirtualPath.Join(names);

    private void Change(string[] names, Action<FileTree, string[]> change)
    {
        var (tree, treePath) = FindWritable(names);
        change(tree, treePath);
    }

    /// <summary>Returns the mount that contains a path. Outside all mounts, the file system is read-only and contains only the directories above the mounts.</summary>
    /// <exception cref="FileError">The path is not in a mount.</exception>
    private (FileTree Tree, string[] Path) FindWritable(string[] names)
    {
        if (mounts.Find(names) is var (tree, treePath, _))
        {
            return (tree, treePath);
        }

        if (mounts.NamesAbove(names) is not null)
        {
            throw new FileError(Errno.ReadOnly);
        }

        throw new FileError(mounts.NamesAbove(names[..^1]) is null ? Errno.NoEntry : Errno.ReadOnly);
    }
}
