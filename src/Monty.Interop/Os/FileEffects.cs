namespace Monty.Interop.Os;

/// <summary>What a call for files changes.</summary>
internal enum FileEffect
{
    Nothing,
    Memory,
    Host,
}

/// <summary>For hosts that write a change down before they make it: what a call would change, and how one is made again of which nobody knows whether it was made.</summary>
internal sealed class FileEffects(MontyOs os, MountTable mounts, string workingDirectory)
{
    /// <summary>What the call may change. Nothing is looked at but its path.</summary>
    public FileEffect GetEffect(MontyOsCall call) =>
        call.Function switch
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

    /// <summary>The answer to a call that must fail as the files are; null for one that may succeed. Nothing is changed.</summary>
    public MontyAnswer? Refusal(MontyOsCall call)
    {
        var path = (MontyPath)call.Arguments[0];
        switch (call.Function)
        {
            case OsFunction.Mkdir
                when Asks(OsFunction.Exists, path) && !(call.Arguments[2] == MontyBool.True && Asks(OsFunction.IsDir, path)):
                return MontyAnswer.Raise(OsError.Create(Errno.Exists, path.Value));
            case OsFunction.Unlink
            or OsFunction.Rmdir
            or OsFunction.Rename
                when !Asks(OsFunction.IsSymlink, path)
                    && os.Answer(new MontyOsCall(OsFunction.Stat, [path], call.CallId)) is RaiseAnswer missing:
                return call.Function != OsFunction.Rename ? missing
                    : missing.Error.Type == "FileNotFoundError"
                        ? MontyAnswer.Raise(OsError.Create(Errno.NoEntry, path.Value, ((MontyPath)call.Arguments[1]).Value))
                    : null;
            default:
                return null;
        }
    }

    /// <summary>How long the file is that a call adds to; null for other calls, and where that cannot be told.</summary>
    public long? LengthBefore(MontyOsCall call)
    {
        if (call.Function is not (OsFunction.AppendText or OsFunction.AppendBytes))
        {
            return null;
        }

        if (os.Answer(new MontyOsCall(OsFunction.Stat, [call.Arguments[0]], call.CallId)) is ReturnAnswer { Value: MontyNamedTuple stat })
        {
            return (long)((MontyInt)stat.Fields.Single(f => f.Key == "st_size").Value).Value;
        }

        return Asks(OsFunction.Exists, call.Arguments[0]) ? null : 0;
    }

    /// <summary>Makes a change that may have been made before, in whole or in part. What <see cref="Refusal"/> would have refused then is taken for done.</summary>
    /// <param name="call">The call, which changes the host and was not refused.</param>
    /// <param name="lengthBefore">What <see cref="LengthBefore"/> was.</param>
    public MontyAnswer AnswerAgain(MontyOsCall call, long? lengthBefore) =>
        call.Function switch
        {
            OsFunction.Mkdir => os.Answer(call with { Arguments = [call.Arguments[0], call.Arguments[1], MontyBool.True] }),
            OsFunction.Unlink or OsFunction.Rmdir when Refusal(call) is not null => MontyAnswer.Return(MontyValue.None),
            OsFunction.Rename when Refusal(call) is not null && Asks(OsFunction.Exists, call.Arguments[1]) => MontyAnswer.Return(
                call.Arguments[1]
            ),
            OsFunction.AppendText or OsFunction.AppendBytes when lengthBefore is { } length => AppendRest(call, length),
            _ => os.Answer(call),
        };

    /// <summary>Counts a change that was made before against its mount's limit. A file that was opened or written counts as made then, as nobody knows any more.</summary>
    public void CountWrite(MontyOsCall call)
    {
        var names = VirtualPath.NamesOf(((MontyPath)call.Arguments[0]).Value, workingDirectory);
        var written = call.Function is OsFunction.WriteText or OsFunction.WriteBytes or OsFunction.AppendText or OsFunction.AppendBytes
            ? FileContent.From(call).Length
            : 0;
        var isNew = call.Function is OsFunction.Open or OsFunction.WriteText or OsFunction.WriteBytes or OsFunction.Mkdir;
        mounts.Find(names)?.Tree.CountWrittenBytes(written + (isNew ? FileTree.BytesPerEntry : 0));
    }

    private FileEffect GetEffectAt(MontyValue path) =>
        mounts.Find(VirtualPath.NamesOf(((MontyPath)path).Value, workingDirectory))?.Tree.Effect ?? FileEffect.Nothing;

    private bool Asks(OsFunction question, MontyValue path) =>
        os.Answer(new MontyOsCall(question, [path], 0)) is ReturnAnswer { Value: var value } && value == MontyBool.True;

    /// <summary>Adds what is missing where the file ends with the beginning of it, and everything where somebody else has written meanwhile.</summary>
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
