using System.Text.Json;
using Google.Protobuf;
using Monty.Interop;

namespace Monty.Actors.Records;

/// <summary>Facts to records and back.</summary>
/// <remarks>Pure. The writer writes the newest schema; the reader reads every schema that was ever written.</remarks>
internal static class RecordCodec
{
    private const int Schema = 1;

    /// <summary>A fact as a record.</summary>
    public static JournalRecord Encode(SessionEvent fact, long version, DateTimeOffset at)
    {
        var (kind, message) = Write(fact);
        return new JournalRecord(version, kind, Schema, message.ToByteArray(), at);
    }

    /// <summary>A record as a fact.</summary>
    /// <exception cref="JournalUnreadableException">The record is of an unknown kind or schema, or damaged.</exception>
    public static SessionEvent Decode(JournalRecord record)
    {
        if (record.Schema != Schema)
        {
            throw Unreadable(
                record,
                $"its schema {record.Schema} is not one that this version of the engine knows ({Schema}). A newer engine wrote it",
                null
            );
        }

        try
        {
            return Read(record.Kind, record.Payload.Span)
                ?? throw Unreadable(record, "its kind is unknown. A newer engine wrote it, or it was damaged", null);
        }
        catch (Exception exception)
            when (exception is InvalidProtocolBufferException or JsonException or ArgumentException or RecordException)
        {
            throw Unreadable(record, $"it is damaged: {exception.Message}", exception);
        }
    }

    private static JournalUnreadableException Unreadable(JournalRecord record, string why, Exception? cause) =>
        new($"Record {record.Version} ({record.Kind}) cannot be read: {why}.", cause);

    private static (string Kind, IMessage Message) Write(SessionEvent fact) =>
        fact switch
        {
            SessionOpened e => (
                "opened",
                new Opened
                {
                    CommandId = e.CommandId,
                    ScriptName = e.Setup.ScriptName,
                    Limits = Write(e.Setup.Limits),
                    Labels = { e.Setup.Labels },
                    TypeCheck = e.Setup.TypeCheck,
                }
            ),
            Actors.FeedStarted e => ("fed", Write(e)),
            TextPrinted e => ("printed", new Printed { Text = e.Text }),
            Actors.CalledInline e => ("resolved", Write(e)),
            Actors.CallAnnounced e => ("call_announced", Write(e)),
            Actors.CallAnswered e => (
                "call_answered",
                new CallAnswered
                {
                    CommandId = e.CommandId,
                    CallId = e.CallId,
                    Answer = RecordValues.Write(e.Answer),
                }
            ),
            Actors.CallTimedOut e => ("call_timed_out", new CallTimedOut { CallId = e.CallId }),
            Actors.CallDropped e => ("call_dropped", new CallDropped { CallId = e.CallId }),
            Actors.AttemptFailed e => (
                "attempt_failed",
                new AttemptFailed
                {
                    CallId = e.CallId,
                    Attempt = e.Attempt,
                    Error = e.Error,
                    RetryAtUnixMicros = Micros(e.RetryAt),
                }
            ),
            Actors.AttemptStarted e => ("attempt_started", new AttemptStarted { CallId = e.CallId, Attempt = e.Attempt }),
            Actors.FuturesAwaited e => ("futures_awaited", new FuturesAwaited { CallIds = { e.PendingCallIds } }),
            Actors.FuturesDelivered e => ("futures_delivered", new FuturesDelivered { CallIds = { e.CallIds } }),
            Actors.SignalReceived e => (
                "signal_received",
                new SignalReceived
                {
                    CommandId = e.CommandId,
                    Name = e.Name,
                    Value = RecordValues.Write(e.Value),
                }
            ),
            Actors.SignalTaken e => ("signal_taken", new SignalTaken { Name = e.Name }),
            Actors.FeedStopping e => (
                "feed_stopping",
                new FeedStopping { CommandId = e.CommandId, Outcome = RecordValues.Write(e.Outcome) }
            ),
            Actors.FeedEnded e => ("feed_ended", new FeedEnded { Outcome = RecordValues.Write(e.Outcome) }),
            Actors.WorkerCrashed e => ("worker_lost", new WorkerLost { Evidence = e.Evidence }),
            Actors.SessionQuarantined e => ("quarantined", new Quarantined { Reason = e.Reason, Evidence = e.Evidence }),
            Actors.QuarantineReleased e => ("released", new Released { CommandId = e.CommandId }),
            Actors.SessionForked e => (
                "forked",
                new Forked
                {
                    Source = e.Source,
                    Version = e.Version,
                    CommandId = e.CommandId,
                }
            ),
            SessionClosed e => ("closed", new Closed { CommandId = e.CommandId }),
            _ => throw new ArgumentException($"{fact.GetType().Name} has no record.", nameof(fact)),
        };

    private static SessionEvent? Read(string kind, ReadOnlySpan<byte> payload)
    {
        switch (kind)
        {
            case "opened":
                var opened = Opened.Parser.ParseFrom(payload);
                return new SessionOpened(
                    opened.CommandId,
                    new SessionSetup
                    {
                        ScriptName = opened.ScriptName,
                        Limits = Read(opened.Limits),
                        Labels = opened.Labels.ToEquatableArray(),
                        TypeCheck = opened.TypeCheck,
                    }
                );
            case "fed":
                var fed = Fed.Parser.ParseFrom(payload);
                return new Actors.FeedStarted(
                    fed.CommandId,
                    fed.Feed,
                    fed.Code,
                    RecordValues.Read(fed.Inputs),
                    fed.HasScriptName ? fed.ScriptName : null
                );
            case "printed":
                return new TextPrinted(Printed.Parser.ParseFrom(payload).Text);
            case "resolved":
                var resolved = Resolved.Parser.ParseFrom(payload);
                return new Actors.CalledInline(RecordValues.Read(resolved.Suspension), RecordValues.Read(resolved.Answer))
                {
                    FilesChangedAt = resolved.HasFilesChangedAtUnixMicros ? Time(resolved.FilesChangedAtUnixMicros) : null,
                };
            case "call_announced":
                var announced = CallAnnounced.Parser.ParseFrom(payload);
                return new Actors.CallAnnounced(
                    RecordValues.Read(announced.Call),
                    ReadKind(announced.Kind),
                    announced.IsDeferred,
                    announced.ArgumentsHash,
                    announced.HasDueAtUnixMicros ? Time(announced.DueAtUnixMicros) : null
                )
                {
                    FileLength = announced.HasFileLength ? announced.FileLength : null,
                };
            case "call_answered":
                var answered = CallAnswered.Parser.ParseFrom(payload);
                return new Actors.CallAnswered(answered.CommandId, answered.CallId, RecordValues.Read(answered.Answer));
            case "call_timed_out":
                return new Actors.CallTimedOut(CallTimedOut.Parser.ParseFrom(payload).CallId);
            case "call_dropped":
                return new Actors.CallDropped(CallDropped.Parser.ParseFrom(payload).CallId);
            case "attempt_started":
                var started = AttemptStarted.Parser.ParseFrom(payload);
                return new Actors.AttemptStarted(started.CallId, started.Attempt);
            case "attempt_failed":
                var attempt = AttemptFailed.Parser.ParseFrom(payload);
                return new Actors.AttemptFailed(attempt.CallId, attempt.Attempt, attempt.Error, Time(attempt.RetryAtUnixMicros));
            case "futures_awaited":
                return new Actors.FuturesAwaited(FuturesAwaited.Parser.ParseFrom(payload).CallIds.ToEquatableArray());
            case "futures_delivered":
                return new Actors.FuturesDelivered(FuturesDelivered.Parser.ParseFrom(payload).CallIds.ToEquatableArray());
            case "signal_received":
                var signal = SignalReceived.Parser.ParseFrom(payload);
                return new Actors.SignalReceived(signal.CommandId, signal.Name, RecordValues.ReadValue(signal.Value));
            case "signal_taken":
                return new Actors.SignalTaken(SignalTaken.Parser.ParseFrom(payload).Name);
            case "feed_stopping":
                var stopping = FeedStopping.Parser.ParseFrom(payload);
                return new Actors.FeedStopping(stopping.CommandId, RecordValues.Read(stopping.Outcome));
            case "feed_ended":
                return new Actors.FeedEnded(RecordValues.Read(FeedEnded.Parser.ParseFrom(payload).Outcome));
            case "worker_lost":
                return new Actors.WorkerCrashed(WorkerLost.Parser.ParseFrom(payload).Evidence);
            case "quarantined":
                var quarantined = Quarantined.Parser.ParseFrom(payload);
                return new Actors.SessionQuarantined(quarantined.Reason, quarantined.Evidence);
            case "released":
                return new Actors.QuarantineReleased(Released.Parser.ParseFrom(payload).CommandId);
            case "forked":
                var forked = Forked.Parser.ParseFrom(payload);
                return new Actors.SessionForked(forked.Source, forked.Version, forked.CommandId);
            case "closed":
                return new SessionClosed(Closed.Parser.ParseFrom(payload).CommandId);
            default:
                return null;
        }
    }

    private static Fed Write(Actors.FeedStarted fed)
    {
        var written = new Fed
        {
            CommandId = fed.CommandId,
            Feed = fed.Feed,
            Code = fed.Code,
            Inputs = { fed.Inputs.Select(RecordValues.Write) },
        };
        if (fed.ScriptName is { } name)
        {
            written.ScriptName = name;
        }

        return written;
    }

    private static Resolved Write(Actors.CalledInline resolved)
    {
        var written = new Resolved { Suspension = RecordValues.Write(resolved.Suspension), Answer = RecordValues.Write(resolved.Answer) };
        if (resolved.FilesChangedAt is { } at)
        {
            written.FilesChangedAtUnixMicros = Micros(at);
        }

        return written;
    }

    private static CallAnnounced Write(Actors.CallAnnounced announced)
    {
        var written = new CallAnnounced
        {
            Call = RecordValues.Write(announced.Call),
            Kind = (int)announced.Kind,
            IsDeferred = announced.IsDeferred,
            ArgumentsHash = announced.ArgumentsHash,
        };
        if (announced.DueAt is { } due)
        {
            written.DueAtUnixMicros = Micros(due);
        }

        if (announced.FileLength is { } length)
        {
            written.FileLength = length;
        }

        return written;
    }

    private static Limits Write(MontyLimits limits)
    {
        var written = new Limits();
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

    private static MontyLimits Read(Limits? limits) =>
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

    private static CallKind ReadKind(int kind) =>
        Enum.IsDefined((CallKind)kind) ? (CallKind)kind : throw new RecordException($"a call of the unknown kind {kind}");

    private static long Micros(DateTimeOffset at) => (at - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;

    private static DateTimeOffset Time(long micros) => DateTimeOffset.UnixEpoch.AddTicks(micros * TimeSpan.TicksPerMicrosecond);
}
