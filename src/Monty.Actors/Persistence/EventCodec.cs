using Monty.Interop;

namespace Monty.Actors.Persistence;

/// <summary>Encodes events as protobuf, and decodes them.</summary>
internal static class EventCodec
{
    public static Proto.Event Write(SessionEvent @event)
    {
        var written = WriteKind(@event);
        if (@event is CommandEvent { SentAt: { } sentAt })
        {
            written.SentAtUnixMicros = Microseconds.From(sentAt);
        }

        return written;
    }

    /// <exception cref="StoredFormatException">The event is of an unknown kind, or a part of it is missing.</exception>
    public static SessionEvent Read(Proto.Event @event)
    {
        var read = ReadKind(@event);
        return read is CommandEvent command && @event.HasSentAtUnixMicros
            ? command with
            {
                SentAt = Microseconds.ToTime(@event.SentAtUnixMicros),
            }
            : read;
    }

    public static Proto.SessionOpened Write(SessionOpened opened) =>
        new()
        {
            CommandId = opened.CommandId,
            ScriptName = opened.Setup.ScriptName,
            Limits = Write(opened.Setup.Limits),
            Labels = { opened.Setup.Labels },
            TypeCheck = opened.Setup.TypeCheck,
        };

    public static SessionOpened Read(Proto.SessionOpened opened) =>
        new(
            opened.CommandId,
            new SessionSetup
            {
                ScriptName = opened.ScriptName,
                Limits = Read(opened.Limits),
                Labels = opened.Labels.ToEquatableArray(),
                TypeCheck = opened.TypeCheck,
            }
        );

    public static Proto.FeedStarted Write(FeedStarted feed)
    {
        var written = new Proto.FeedStarted
        {
            CommandId = feed.CommandId,
            Feed = feed.Feed,
            Code = feed.Code,
            Inputs = { feed.Inputs.Select(ValueCodec.Write) },
        };
        if (feed.ScriptName is { } name)
        {
            written.ScriptName = name;
        }

        if (feed.AsyncFunctions is { } functions)
        {
            written.AsyncFunctions = new Proto.Names { Name = { functions } };
        }

        return written;
    }

    public static FeedStarted Read(Proto.FeedStarted feed) =>
        new(feed.CommandId, feed.Feed, feed.Code, ValueCodec.Read(feed.Inputs), feed.HasScriptName ? feed.ScriptName : null)
        {
            AsyncFunctions = feed.AsyncFunctions?.Name.ToEquatableArray(),
        };

    public static Proto.CallAnnounced Write(CallAnnounced announced)
    {
        var written = new Proto.CallAnnounced
        {
            Call = ValueCodec.Write(announced.Call),
            Kind = (int)announced.Kind,
            IsDeferred = announced.IsDeferred,
            ArgumentsHash = announced.ArgumentsHash,
        };
        if (announced.DueAt is { } due)
        {
            written.DueAtUnixMicros = Microseconds.From(due);
        }

        if (announced.FileLength is { } length)
        {
            written.FileLength = length;
        }

        return written;
    }

    public static CallAnnounced Read(Proto.CallAnnounced announced) =>
        new(
            ValueCodec.Read(announced.Call),
            ReadCallKind(announced.Kind),
            announced.IsDeferred,
            announced.ArgumentsHash,
            announced.HasDueAtUnixMicros ? Microseconds.ToTime(announced.DueAtUnixMicros) : null
        )
        {
            FileLength = announced.HasFileLength ? announced.FileLength : null,
        };

    private static Proto.Event WriteKind(SessionEvent @event) =>
        @event switch
        {
            SessionOpened e => new() { SessionOpened = Write(e) },
            FeedStarted e => new() { FeedStarted = Write(e) },
            TextPrinted e => new() { TextPrinted = new() { Text = e.Text } },
            CalledInline e => new() { CalledInline = Write(e) },
            CallAnnounced e => new() { CallAnnounced = Write(e) },
            CallAnswered e => new() { CallAnswered = Write(e) },
            CallTimedOut e => new() { CallTimedOut = new() { CallId = e.CallId } },
            CallDropped e => new() { CallDropped = new() { CallId = e.CallId } },
            AttemptFailed e => new() { AttemptFailed = Write(e) },
            AttemptStarted e => new()
            {
                AttemptStarted = new() { CallId = e.CallId, Attempt = e.Attempt },
            },
            FuturesAwaited e => new() { FuturesAwaited = new() { CallIds = { e.PendingCallIds } } },
            FuturesDelivered e => new() { FuturesDelivered = new() { CallIds = { e.CallIds } } },
            SignalReceived e => new() { SignalReceived = Write(e) },
            SignalTaken e => new() { SignalTaken = new() { Name = e.Name } },
            FeedStopping e => new()
            {
                FeedStopping = new() { CommandId = e.CommandId, Outcome = ValueCodec.Write(e.Outcome) },
            },
            FeedEnded e => new() { FeedEnded = new() { Outcome = ValueCodec.Write(e.Outcome) } },
            WorkerCrashed e => new() { WorkerCrashed = new() { Evidence = e.Evidence } },
            SessionResumed e => new() { SessionResumed = new() { Turn = e.Turn } },
            SessionSuspended => new() { SessionSuspended = new() },
            SessionQuarantined e => new()
            {
                SessionQuarantined = new() { Reason = e.Reason, Evidence = e.Evidence },
            },
            QuarantineReleased e => new() { QuarantineReleased = new() { CommandId = e.CommandId } },
            SessionForked e => new() { SessionForked = Write(e) },
            SessionClosed e => new() { SessionClosed = new() { CommandId = e.CommandId } },
            _ => throw new ArgumentException($"{@event.GetType().Name} is not stored.", nameof(@event)),
        };

    private static SessionEvent ReadKind(Proto.Event @event) =>
        @event.KindCase switch
        {
            Proto.Event.KindOneofCase.SessionOpened => Read(@event.SessionOpened),
            Proto.Event.KindOneofCase.FeedStarted => Read(@event.FeedStarted),
            Proto.Event.KindOneofCase.TextPrinted => new TextPrinted(@event.TextPrinted.Text),
            Proto.Event.KindOneofCase.CalledInline => Read(@event.CalledInline),
            Proto.Event.KindOneofCase.CallAnnounced => Read(@event.CallAnnounced),
            Proto.Event.KindOneofCase.CallAnswered => Read(@event.CallAnswered),
            Proto.Event.KindOneofCase.CallTimedOut => new CallTimedOut(@event.CallTimedOut.CallId),
            Proto.Event.KindOneofCase.CallDropped => new CallDropped(@event.CallDropped.CallId),
            Proto.Event.KindOneofCase.AttemptFailed => Read(@event.AttemptFailed),
            Proto.Event.KindOneofCase.AttemptStarted => new AttemptStarted(@event.AttemptStarted.CallId, @event.AttemptStarted.Attempt),
            Proto.Event.KindOneofCase.FuturesAwaited => new FuturesAwaited(@event.FuturesAwaited.CallIds.ToEquatableArray()),
            Proto.Event.KindOneofCase.FuturesDelivered => new FuturesDelivered(@event.FuturesDelivered.CallIds.ToEquatableArray()),
            Proto.Event.KindOneofCase.SignalReceived => Read(@event.SignalReceived),
            Proto.Event.KindOneofCase.SignalTaken => new SignalTaken(@event.SignalTaken.Name),
            Proto.Event.KindOneofCase.FeedStopping => new FeedStopping(
                @event.FeedStopping.CommandId,
                ValueCodec.Read(@event.FeedStopping.Outcome)
            ),
            Proto.Event.KindOneofCase.FeedEnded => new FeedEnded(ValueCodec.Read(@event.FeedEnded.Outcome)),
            Proto.Event.KindOneofCase.WorkerCrashed => new WorkerCrashed(@event.WorkerCrashed.Evidence),
            Proto.Event.KindOneofCase.SessionResumed => new SessionResumed(@event.SessionResumed.Turn),
            Proto.Event.KindOneofCase.SessionSuspended => new SessionSuspended(),
            Proto.Event.KindOneofCase.SessionQuarantined => new SessionQuarantined(
                @event.SessionQuarantined.Reason,
                @event.SessionQuarantined.Evidence
            ),
            Proto.Event.KindOneofCase.QuarantineReleased => new QuarantineReleased(@event.QuarantineReleased.CommandId),
            Proto.Event.KindOneofCase.SessionForked => Read(@event.SessionForked),
            Proto.Event.KindOneofCase.SessionClosed => new SessionClosed(@event.SessionClosed.CommandId),
            _ => throw new StoredFormatException("an event of an unknown kind"),
        };

    private static Proto.CalledInline Write(CalledInline called)
    {
        var written = new Proto.CalledInline { Suspension = ValueCodec.Write(called.Suspension), Answer = ValueCodec.Write(called.Answer) };
        if (called.FilesChangedAt is { } at)
        {
            written.FilesChangedAtUnixMicros = Microseconds.From(at);
        }

        return written;
    }

    private static CalledInline Read(Proto.CalledInline called) =>
        new(ValueCodec.Read(called.Suspension), ValueCodec.Read(called.Answer))
        {
            FilesChangedAt = called.HasFilesChangedAtUnixMicros ? Microseconds.ToTime(called.FilesChangedAtUnixMicros) : null,
        };

    private static Proto.CallAnswered Write(CallAnswered answered) =>
        new()
        {
            CommandId = answered.CommandId,
            CallId = answered.CallId,
            Answer = ValueCodec.Write(answered.Answer),
        };

    private static CallAnswered Read(Proto.CallAnswered answered) =>
        new(answered.CommandId, answered.CallId, ValueCodec.Read(answered.Answer));

    private static Proto.AttemptFailed Write(AttemptFailed failed) =>
        new()
        {
            CallId = failed.CallId,
            Attempt = failed.Attempt,
            Error = failed.Error,
            RetryAtUnixMicros = Microseconds.From(failed.RetryAt),
        };

    private static AttemptFailed Read(Proto.AttemptFailed failed) =>
        new(failed.CallId, failed.Attempt, failed.Error, Microseconds.ToTime(failed.RetryAtUnixMicros));

    private static Proto.SignalReceived Write(SignalReceived signal) =>
        new()
        {
            CommandId = signal.CommandId,
            Name = signal.Name,
            Value = ValueCodec.Write(signal.Value),
        };

    private static SignalReceived Read(Proto.SignalReceived signal) =>
        new(signal.CommandId, signal.Name, ValueCodec.ReadValue(signal.Value));

    public static Proto.SessionForked Write(SessionForked forked) =>
        new()
        {
            Source = forked.Source,
            Version = forked.Version,
            CommandId = forked.CommandId,
        };

    public static SessionForked Read(Proto.SessionForked forked) => new(forked.Source, forked.Version, forked.CommandId);

    private static Proto.Limits Write(MontyLimits limits)
    {
        var written = new Proto.Limits();
        if (limits.MaxDuration is { } duration)
        {
            written.MaxDurationTicks = duration.Ticks;
        }

        if (limits.MaxMemoryBytes is { } memory)
        {
            written.MaxMemoryBytes = memory;
        }

        if (limits.MaxRecursionDepth is { } depth)
        {
            written.MaxRecursionDepth = depth;
        }

        if (limits.MaxSuspensions is { } suspensions)
        {
            written.MaxSuspensions = suspensions;
        }

        if (limits.MaxSuspensionsPerFeed is { } perFeed)
        {
            written.MaxSuspensionsPerFeed = perFeed;
        }

        if (limits.GcInterval is { } interval)
        {
            written.GcInterval = interval;
        }

        return written;
    }

    private static MontyLimits Read(Proto.Limits? limits) =>
        limits is null
            ? MontyLimits.Default
            : new()
            {
                MaxDuration = limits.HasMaxDurationTicks ? TimeSpan.FromTicks(limits.MaxDurationTicks) : null,
                MaxMemoryBytes = limits.HasMaxMemoryBytes ? limits.MaxMemoryBytes : null,
                MaxRecursionDepth = limits.HasMaxRecursionDepth ? limits.MaxRecursionDepth : null,
                MaxSuspensions = limits.HasMaxSuspensions ? limits.MaxSuspensions : null,
                MaxSuspensionsPerFeed = limits.HasMaxSuspensionsPerFeed ? limits.MaxSuspensionsPerFeed : null,
                GcInterval = limits.HasGcInterval ? limits.GcInterval : null,
            };

    private static CallKind ReadCallKind(int kind) =>
        Enum.IsDefined((CallKind)kind) ? (CallKind)kind : throw new StoredFormatException($"a call of the unknown kind {kind}");
}
