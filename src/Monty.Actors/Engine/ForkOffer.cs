using Monty.Actors.Records;
using Monty.Interop;

namespace Monty.Actors.Engine;

/// <summary>What a fork begins with: the story of a session up to a version, and its interpreter then.</summary>
/// <param name="Source">The session that is forked.</param>
/// <param name="Command">The command that asks for it.</param>
/// <param name="Refusal">Why the session cannot be forked now; null when it can.</param>
/// <param name="Setup">Its set-up; null where there is no session.</param>
/// <param name="FeedCount">How many feeds it has taken in.</param>
/// <param name="Version">Its version.</param>
/// <param name="Interpreter">Its interpreter; null before its first turn.</param>
internal sealed record ForkOffer(
    SessionId Source,
    ForkCommand Command,
    Decision.Refused? Refusal,
    SessionSetup? Setup,
    int FeedCount,
    long Version,
    MontyDump? Interpreter
)
{
    /// <summary>The fork's first fact of its own.</summary>
    public SessionForked Fact => new(Source.Name, Version, Command.CommandId);

    /// <summary>The one append that makes the fork: every record under the fork's id, so that seals are made for it, and the dump with them, so that nothing is replayed.</summary>
    /// <exception cref="JournalException">The store failed, or the story was deleted meanwhile.</exception>
    public async Task<SessionAppend> ToAppendAsync(SessionId target, MontyEngine engine, CancellationToken cancellationToken)
    {
        List<JournalRecord> records = [];
        while (records.Count < Version)
        {
            var page = await engine
                .Journal.ReadAsync(Source, records.Count, (int)Math.Min(SessionReads.PageSize, Version - records.Count), cancellationToken)
                .ConfigureAwait(false);
            if (page.Count == 0)
            {
                throw new JournalException($"{Source} was deleted while it was forked. Nothing was written.");
            }

            records.AddRange(page);
        }

        var now = engine.Time.GetUtcNow();
        records.Add(RecordCodec.Encode(Fact, Version + 1, now));
        var summary = new SessionSummary(
            SessionStatus.Idle,
            now,
            now,
            Labels: Setup!.Labels.Distinct(StringComparer.Ordinal).ToEquatableArray()
        );
        return new SessionAppend(
            target,
            0,
            engine.Epoch,
            records,
            summary,
            Interpreter is null ? null : new JournalDump(Version + 1, engine.RuntimeVersion, Interpreter.Bytes)
        );
    }
}
