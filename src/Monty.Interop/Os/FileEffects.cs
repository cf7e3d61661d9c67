using Monty.Interop.Os;

namespace Monty.Interop;

/// <summary>Predicts the effects of file calls, and repeats calls that may already have been made. For hosts that record a change before they make it.</summary>
/// <remarks>Not thread-safe. Make one call at a time, including the calls of the <see cref="MontyOs"/> that it belongs to.</remarks>
public sealed class FileEffects
{
    private readonly MontyOs os;
    private readonly MountTable mounts;
    private readonly string workingDirectory;

    internal FileEffects(MontyOs os, MountTable mounts, string workingDirectory)
    {
        this.os = os;
        this.mounts = mounts;
        this.workingDirectory = workingDirectory;
    }

    /// <summary>Returns the effect that a call may have. Only its path is examined, not the files.</summary>
    /// <param name="call">The call.</param>
    public FileEffect GetEffect(MontyOsCall call)
    {
        ArgumentNullException.ThrowIfNull(call);
        return call.Function switch
        {
            OsFunction.Open => ((MontyStr)call.Arguments[1]).Value[0] == 'r' ? FileEffect.Nothing : GetEffectAt(call.Arguments[0]),
            OsFunction.WriteText
            or OsFunction.WriteBytes
            or OsFunction.AppendText
            or OsFunction.AppendBytes
            or OsFunction.Mkdir
            or OsFunction.Unlink
            or OsFunction.Rmdir => GetEffectAt(call.Arguments[0]),
            OsFunction.Rename => (FileEffect)Math.Max((int)GetEffectAt(call.Arguments[0]), (int)GetEffectAt(call.Arguments[1])),
            _ => FileEffect.Nothing,
        };
    }

    /// <summary>Returns the answer to a call that is certain to fail with the present files, or null for a call that may succeed. Nothing is changed.</summary>
    public MontyAnswer? FindRefusal(MontyOsCall call)
    {
        ArgumentNullException.ThrowIfNull(call);
        return call.Function switch
        {
            OsFunction.Mkdir => FindMkdirRefusal(call),
            OsFunction.Unlink or OsFunction.Rmdir or OsFunction.Rename => FindMissingRefusal(call),
            _ => null,
        };
    }

    private MontyAnswer? FindMkdirRefusal(MontyOsCall call)
    {
        var path = (MontyPath)call.Arguments[0];
        var existOk = call.Arguments[2] == MontyBool.True;
        return IsTrue(OsFunction.Exists, path) && !(existOk && IsTrue(OsFunction.IsDir, path))
            ? MontyAnswer.Raise(OsError.Create(Errno.Exists, path.Value))
            : null;
    }

    private MontyAnswer? FindMissingRefusal(MontyOsCall call)
    {
        var path = (MontyPath)call.Arguments[0];
        if (IsTrue(OsFunction.IsSymlink, path))
        {
            return null;
        }

        if (os.Answer(new MontyOsCall(OsFunction.Stat, [path], call.CallId)) is not RaiseAnswer missing)
        {
            return null;
        }

        if (call.Function != OsFunction.Rename)
        {
            return missing;
        }

        return missing.Error.Type == "FileNotFoundError"
            ? MontyAnswer.Raise(OsError.Create(Errno.NoEntry, path.Value, ((MontyPath)call.Arguments[1]).Value))
            : null;
    }

    /// <summary>Returns the length of the file that a call appends to, or null for other calls and when the length cannot be determined.</summary>
    /// <param name="call">The call.</param>
    /// <exception cref="ObjectDisposedException">The <see cref="MontyOs"/> was disposed.</exception>
    public long? GetLengthBefore(MontyOsCall call)
    {
        ArgumentNullException.ThrowIfNull(call);
        if (call.Function is not (OsFunction.AppendText or OsFunction.AppendBytes))
        {
            return null;
        }

        if (os.Answer(new MontyOsCall(OsFunction.Stat, [call.Arguments[0]], call.CallId)) is ReturnAnswer { Value: MontyNamedTuple stat })
        {
            return (long)((MontyInt)stat.Fields.Single(f => f.Key == "st_size").Value).Value;
        }

        return IsTrue(OsFunction.Exists, call.Arguments[0]) ? null : 0;
    }

    /// <summary>Answers a call that may already have been made, completely or in part. Because the call was not refused the first time, a refusal now means that it was completed.</summary>
    /// <param name="call">The call, which changes the host and was not refused by <see cref="FindRefusal"/> before.</param>
    /// <param name="lengthBefore">The result of <see cref="GetLengthBefore"/> before the call was first made.</param>
    /// <exception cref="ObjectDisposedException">The <see cref="MontyOs"/> was disposed.</exception>
    public MontyAnswer AnswerAgain(MontyOsCall call, long? lengthBefore)
    {
        ArgumentNullException.ThrowIfNull(call);
        return call.Function switch
        {
            OsFunction.Mkdir => os.Answer(call with { Arguments = [call.Arguments[0], call.Arguments[1], MontyBool.True] }),
            OsFunction.Unlink or OsFunction.Rmdir when FindRefusal(call) is not null => MontyAnswer.Return(MontyValue.None),
            OsFunction.Rename when FindRefusal(call) is not null && IsTrue(OsFunction.Exists, call.Arguments[1]) => MontyAnswer.Return(
                call.Arguments[1]
            ),
            OsFunction.AppendText or OsFunction.AppendBytes when lengthBefore is { } length => AppendRest(call, length),
            _ => os.Answer(call),
        };
    }

    /// <summary>Counts a change that was made earlier against the limit of its mount. A file that was opened or written counts as a new file, because it is no longer known whether it existed.</summary>
    /// <param name="call">The call.</param>
    public void CountWrite(MontyOsCall call)
    {
        ArgumentNullException.ThrowIfNull(call);
        var names = VirtualPath.Split(((MontyPath)call.Arguments[0]).Value, workingDirectory);
        var written = call.Function is OsFunction.WriteText or OsFunction.WriteBytes or OsFunction.AppendText or OsFunction.AppendBytes
            ? FileContent.From(call).Length
            : 0;
        var isNew = call.Function is OsFunction.Open or OsFunction.WriteText or OsFunction.WriteBytes or OsFunction.Mkdir;
        mounts.Find(names)?.Tree.CountWrittenBytes(written + (isNew ? FileTree.BytesPerEntry : 0));
    }

    private FileEffect GetEffectAt(MontyValue path) =>
        mounts.Find(VirtualPath.Split(((MontyPath)path).Value, workingDirectory))?.Tree.Effect ?? FileEffect.Nothing;

    private bool IsTrue(OsFunction question, MontyValue path) =>
        os.Answer(new MontyOsCall(question, [path], 0)) is ReturnAnswer { Value: var value } && value == MontyBool.True;

    /// <summary>Appends the part of the content that the file does not end with yet. When the file was changed by others in the meantime, all of the content is appended.</summary>
    private MontyAnswer AppendRest(MontyOsCall call, long length)
    {
        var content = FileContent.From(call).ToBytes();
        if (
            os.Answer(new MontyOsCall(OsFunction.ReadBytes, [call.Arguments[0]], call.CallId))
                is not ReturnAnswer { Value: MontyBytes file }
            || file.Value.Length <= length
        )
        {
            return os.Answer(call);
        }

        var there = file.Value[(int)length..];
        if (!content.Span.StartsWith(there.Span))
        {
            return os.Answer(call);
        }

        var rest = new MontyOsCall(OsFunction.AppendBytes, [call.Arguments[0], new MontyBytes(content[there.Length..])], call.CallId);
        if (there.Length < content.Length && os.Answer(rest) is RaiseAnswer failed)
        {
            return failed;
        }

        return MontyAnswer.Return(call.Arguments[1] is MontyStr text ? text.Value.EnumerateRunes().Count() : content.Length);
    }
}
