using System.Runtime.CompilerServices;
using Monty.Actors.Records;
using Monty.Interop;

namespace Monty.Actors.Engine;

/// <summary>The story of one live session: the state that its facts make, and those of them that are not durable yet.</summary>
/// <remarks>Its session's alone.</remarks>
internal sealed class LiveStory(SessionId id, MontyEngine engine)
{
    private readonly List<SessionEvent> unsaved = [];
    private readonly List<JournalRecord> records = [];
    private DateTimeOffset createdAt;

    /// <summary>The session with all facts, those that are not durable yet among them.</summary>
    public SessionState State { get; private set; } = SessionState.None;

    /// <summary>The version that is durable.</summary>
    public long Version { get; private set; }

    /// <summary>True when facts are to be saved.</summary>
    public bool HasUnsaved => records.Count > 0;

    /// <summary>Reads what the journal has.</summary>
    /// <param name="head">The session's head.</param>
    /// <param name="see">Told of each fact.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="JournalUnreadableException">The facts are no story.</exception>
    public async Task RecoverAsync(SessionHead head, Action<SessionEvent> see, CancellationToken cancellationToken)
    {
        var folded = await engine.Reads.FoldAsync(id, head.Version, see, cancellationToken).ConfigureAwait(false);
        (State, Version, createdAt) = (folded, head.Version, head.Summary.CreatedAt);
    }

    /// <summary>The durable facts up to a version, read as they are needed.</summary>
    public async IAsyncEnumerable<SessionEvent> ReadAsync(long upTo, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var stored in engine.Reads.ReadAsync(id, 0, upTo, cancellationToken).ConfigureAwait(false))
        {
            yield return stored.Event;
        }
    }

    /// <summary>Takes facts in that are small.</summary>
    public void Note(EquatableArray<SessionEvent> facts)
    {
        if (TryNote(facts) is { } tooLarge)
        {
            throw new JournalLimitException($"{id} cannot go on: {tooLarge}. Raise the journal's limits.");
        }
    }

    /// <summary>Takes facts in, to be saved next, with the interpreter after them; why not, where they are too large to be stored: nothing changes then.</summary>
    public string? TryNote(EquatableArray<SessionEvent> facts, long dumpBytes = 0)
    {
        var now = engine.Time.GetUtcNow();
        if (Version == 0 && records.Count == 0)
        {
            createdAt = now;
        }

        List<JournalRecord> next = [.. records];
        try
        {
            foreach (var fact in facts)
            {
                next.Add(RecordCodec.Encode(fact, Version + next.Count + 1, now));
            }
        }
        catch (MontySizeException tooLargeForAny)
        {
            return tooLargeForAny.Message;
        }

        if (engine.Journal.Limits.WhyTooLarge(next, dumpBytes) is { } tooLarge)
        {
            return tooLarge;
        }

        State = SessionFold.Apply(State, facts);
        unsaved.AddRange(facts);
        records.AddRange(next[records.Count..]);
        return null;
    }

    /// <summary>Makes durable what was noted, and the interpreter after it where it is to be stored.</summary>
    /// <returns>What a command is answered with that led to it.</returns>
    /// <exception cref="SessionFencedException">Another engine has the session.</exception>
    /// <exception cref="JournalException">Whether it is durable is unknown: the session has to be recovered.</exception>
    public async Task<SessionReply.Accepted> SaveAsync(Interpreter interpreter)
    {
        var (before, next) = (Version, Version + records.Count);
        var dump = interpreter.ToStore(next, isFeedOpen: State.Feed is not null);
        if (dump is not null && engine.Journal.Limits.WhyTooLarge(records, dump.Content.Length) is not null)
        {
            dump = null; // one that was not looked at after its turn: the story has it
        }

        await AppendAsync(new SessionAppend(id, before, engine.Epoch, [.. records], Summary(engine.Time.GetUtcNow()), dump))
            .ConfigureAwait(false);
        Version = next;
        if (dump is not null)
        {
            interpreter.Stored();
        }

        engine.Saved(id, unsaved, State.DueAt);
        unsaved.Clear();
        records.Clear();
        return new SessionReply.Accepted(next, State.FeedCount) { Before = before };
    }

    /// <summary>Appends, as the session's owner.</summary>
    /// <inheritdoc cref="SaveAsync" path="/exception"/>
    public async Task AppendAsync(SessionAppend append)
    {
        var result = await engine.AppendAsync(append).ConfigureAwait(false);
        if (result == AppendResult.Fenced)
        {
            throw new SessionFencedException(id, engine.Epoch);
        }

        if (result == AppendResult.VersionConflict)
        {
            throw new JournalException(
                $"An append to {id}, of which the store had not said whether it happened, happened after all. Send the command again under the same id."
            );
        }
    }

    private SessionSummary Summary(DateTimeOffset now)
    {
        var open = State.Quarantine is null ? State.Feed?.Calls.Values.ToList() ?? [] : [];
        return new SessionSummary(
            State.Status,
            createdAt,
            now,
            IsActive: State.Status == SessionStatus.Running || open.Any(c => c.IsRunning),
            DueAt: State.DueAt,
            WaitingOn: open.Select(c => c.Name)
                .Where(n => n.Length <= SessionSummary.MaxTagLength)
                .Distinct(StringComparer.Ordinal)
                .Take(SessionSummary.MaxWaitingOn)
                .ToEquatableArray(),
            Labels: (State.Setup?.Labels ?? []).Distinct(StringComparer.Ordinal).ToEquatableArray()
        );
    }
}
