using System.Collections.Immutable;
using Monty.Interop;

namespace Monty.Actors.Persistence;

/// <summary>Encodes snapshots as protobuf, and decodes them.</summary>
internal static class SnapshotCodec
{
    public static Proto.Snapshot Write(SessionSnapshot snapshot)
    {
        var written = new Proto.Snapshot
        {
            Tenant = snapshot.Session.Tenant,
            Session = snapshot.Session.Name,
            SequenceNumber = snapshot.SequenceNumber,
            Version = snapshot.Version,
            CreatedAtUnixMicros = Microseconds.From(snapshot.CreatedAt),
            State = Write(snapshot.State),
        };
        if (snapshot.Dump is { } dump)
        {
            written.Dump = ChangeCodec.Write(dump);
        }

        return written;
    }

    /// <exception cref="StoredFormatException">The snapshot was not written by an engine.</exception>
    public static SessionSnapshot Read(Proto.Snapshot snapshot) =>
        new(
            new SessionId(snapshot.Tenant, snapshot.Session),
            snapshot.SequenceNumber,
            snapshot.Version,
            Microseconds.ToTime(snapshot.CreatedAtUnixMicros),
            Read(snapshot.State ?? throw new StoredFormatException("a snapshot without a state")),
            snapshot.Dump is { } dump ? ChangeCodec.Read(dump) : null
        );

    private static Proto.State Write(SessionState state)
    {
        var written = new Proto.State
        {
            IsClosed = state.IsClosed,
            FeedCount = state.FeedCount,
            Signals = { state.Signals.Select(s => new Proto.Named { Name = s.Name, Value = ValueCodec.Write(s.Value) }) },
            Commands = { state.Commands.Entries.Select(Write) },
            WorkerCrashes = state.ConsecutiveWorkerCrashes,
            Resumes = state.ConsecutiveResumes,
            ResumedTurn = state.ResumedTurn ?? "",
            HasFiles = state.HasFiles,
            AsyncFunctions = { state.AsyncFunctions },
        };
        if (state.Setup is { } setup)
        {
            written.Setup = EventCodec.Write(new SessionOpened("", setup));
        }

        if (state.Feed is { } feed)
        {
            written.Feed = Write(feed);
        }

        if (state.Origin is { } origin)
        {
            written.Origin = EventCodec.Write(origin);
        }

        if (state.Commands.ForgottenUntil is { } forgotten)
        {
            written.CommandsForgottenUntilUnixMicros = Microseconds.From(forgotten);
        }

        if (state.Quarantine is { } quarantine)
        {
            written.Quarantine = new Proto.SessionQuarantined { Reason = quarantine.Reason, Evidence = quarantine.Evidence };
        }

        return written;
    }

    private static SessionState Read(Proto.State state) =>
        new()
        {
            Setup = state.Setup is { } setup ? EventCodec.Read(setup).Setup : null,
            IsClosed = state.IsClosed,
            FeedCount = state.FeedCount,
            Feed = state.Feed is { } feed ? Read(feed) : null,
            Signals = [.. state.Signals.Select(s => new KeptSignal(s.Name, ValueCodec.ReadValue(s.Value)))],
            Origin = state.Origin is { } origin ? EventCodec.Read(origin) : null,
            Commands = CommandLog.From(
                [.. state.Commands.Select(Read)],
                state.HasCommandsForgottenUntilUnixMicros ? Microseconds.ToTime(state.CommandsForgottenUntilUnixMicros) : null
            ),
            ConsecutiveWorkerCrashes = state.WorkerCrashes,
            ConsecutiveResumes = state.Resumes,
            ResumedTurn = state.ResumedTurn.Length == 0 ? null : state.ResumedTurn,
            HasFiles = state.HasFiles,
            AsyncFunctions = state.AsyncFunctions.ToEquatableArray(),
            Quarantine = state.Quarantine is { } quarantine ? new SessionQuarantined(quarantine.Reason, quarantine.Evidence) : null,
        };

    private static Proto.Command Write(LoggedCommand command) =>
        new()
        {
            Id = command.Id,
            Kind = command.Fingerprint.Kind,
            Content = command.Fingerprint.Content,
            SentAtUnixMicros = Microseconds.From(command.SentAt),
        };

    private static LoggedCommand Read(Proto.Command command) =>
        new(command.Id, new CommandFingerprint(command.Kind, command.Content), Microseconds.ToTime(command.SentAtUnixMicros));

    private static Proto.OpenFeed Write(OpenFeed feed)
    {
        var written = new Proto.OpenFeed
        {
            Source = EventCodec.Write(feed.Source),
            Calls = { feed.Calls.Values.Select(Write) },
            Delivering = { feed.Delivering },
        };
        if (AnswersCodec.Write(feed.Answers) is { } answers)
        {
            written.Answers = answers;
        }

        if (feed.Pending is { } pending)
        {
            written.Pending = ValueCodec.Write(pending);
        }

        if (feed.Stopping is { } stopping)
        {
            written.Stopping = ValueCodec.Write(stopping);
        }

        return written;
    }

    private static OpenFeed Read(Proto.OpenFeed feed)
    {
        var source = EventCodec.Read(feed.Source ?? throw new StoredFormatException("a feed without a source"));
        return new OpenFeed(source.Feed, source)
        {
            Pending = feed.Pending is { } pending ? ValueCodec.Read(pending) : null,
            Calls = feed.Calls.Select(Read).ToImmutableSortedDictionary(c => c.CallId, c => c),
            Answers = AnswersCodec.Read(feed.Answers),
            Delivering = feed.Delivering.ToEquatableArray(),
            Stopping = feed.Stopping is { } stopping ? ValueCodec.Read(stopping) : null,
        };
    }

    private static Proto.OpenCall Write(OpenCall call)
    {
        var written = new Proto.OpenCall
        {
            Announced = EventCodec.Write(
                new CallAnnounced(call.Call, call.Kind, IsDeferred: false, call.ArgumentsHash, call.DueAt) { FileLength = call.FileLength }
            ),
            FailedAttempts = call.FailedAttempts,
        };
        if (call.RetryAt is { } retry)
        {
            written.RetryAtUnixMicros = Microseconds.From(retry);
        }

        return written;
    }

    private static OpenCall Read(Proto.OpenCall call)
    {
        var announced = EventCodec.Read(call.Announced ?? throw new StoredFormatException("an open call without its announcement"));
        return new OpenCall(
            SessionEvolver.CallIdOf(announced.Call),
            announced.Call,
            announced.Kind,
            announced.ArgumentsHash,
            announced.DueAt
        )
        {
            FileLength = announced.FileLength,
            FailedAttempts = call.FailedAttempts,
            RetryAt = call.HasRetryAtUnixMicros ? Microseconds.ToTime(call.RetryAtUnixMicros) : null,
        };
    }
}
