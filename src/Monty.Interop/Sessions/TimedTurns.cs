using Monty.Interop.Dumps;
using Monty.Interop.Wire;
using Monty.Interop.Workers;

namespace Monty.Interop.Sessions;

/// <summary>Runs the turns of a session, and restores the state before a feed that exceeded its time.</summary>
/// <remarks>
/// The runtime cannot be stopped during a turn, and its own limit applies to all feeds together. So the session is dumped before each feed. The worker of a
/// feed that takes too long is killed, and the dump is loaded into another worker. Not thread-safe. Run one turn at a time.
/// </remarks>
internal sealed class TimedTurns(WorkerTurns turns, HeldWorker held, SessionOptions options, TimeProvider time)
{
    /// <summary>The maximum size of a dump that is made before each feed only to find the line at which <see cref="MontyLimits.MaxDuration"/> is exceeded.</summary>
    private const int LargestState = 256 * 1024;

    private SavedFeed? saved;
    private DumpEnvelope? loaded; // the dump, when the session was loaded in the middle of the feed
    private bool isTooLarge;

    /// <summary>True when the last feed was undone because it exceeded the limit on the time of one feed.</summary>
    public bool WasUndone { get; private set; }

    /// <summary>Sends a feed and receives the end of its first turn.</summary>
    public async ValueTask<MontyProgress> FeedAsync(
        ParentRequest feed,
        HashSet<string> offered,
        string scriptName,
        CancellationToken cancellationToken
    )
    {
        cancellationToken.ThrowIfCancellationRequested();
        WasUndone = false;
        loaded = null;
        var before = MustSave ? await TrySaveAsync(cancellationToken).ConfigureAwait(false) : null;
        saved = before is null ? null : new SavedFeed(before, feed, offered, scriptName);
        return await RunAsync(turns.FeedAsync(feed, offered, scriptName, cancellationToken), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Answers a suspension and receives the end of the next turn.</summary>
    public async ValueTask<MontyProgress> AnswerAsync(MontySuspension suspension, MontyAnswer answer, CancellationToken cancellationToken)
    {
        saved?.Add(suspension, answer);
        var isTaken = false;
        try
        {
            var progress = await RunAsync(turns.AnswerAsync(suspension, answer, cancellationToken), cancellationToken)
                .ConfigureAwait(false);
            isTaken = progress is not ProtocolViolation;
            return progress;
        }
        finally
        {
            if (!isTaken)
            {
                saved?.RemoveLast();
            }
        }
    }

    /// <summary>Keeps the loaded dump, for a feed that continues from it.</summary>
    public void Begin(DumpEnvelope dump) => loaded = dump;

    /// <summary>Discards the saved feed after the session was reset.</summary>
    public void Reset()
    {
        saved = null;
        loaded = null;
        isTooLarge = false;
    }

    private bool MustSave => turns.Clock.IsLimited || (turns.HasMaxDuration && !isTooLarge);

    private async ValueTask<MontyProgress> RunAsync(ValueTask<MontyProgress> turn, CancellationToken cancellationToken)
    {
        MontyFailed? failed = null;
        try
        {
            var progress = await turn.ConfigureAwait(false);
            failed = saved is { IsComplete: true } && TimeoutLocator.LacksLine(progress) ? progress as MontyFailed : null;
            if (failed is null)
            {
                return progress;
            }
        }
        catch (MontyWorkerException) when (turns.HasPassedFeedLimit && (saved is not null || loaded is not null))
        {
            // The feed is undone below.
        }

        try
        {
            return failed is null
                ? await UndoAsync(cancellationToken).ConfigureAwait(false)
                : await LocateAsync(failed, saved!, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            held.Current.Break(WorkerFailure.Abandoned); // it may hold the second run of the feed, which is not the session
            turns.SwitchTo(held.Current);
            throw;
        }
    }

    /// <summary>Dumps the session. Returns null for one that no dump can hold.</summary>
    private async ValueTask<DumpEnvelope?> TrySaveAsync(CancellationToken cancellationToken)
    {
        var worker = held.Current;
        worker.Enqueue(new ParentRequest { Dump = new Unit() });
        var reply = await worker.ReceiveAsync(null, options.TurnTimeout, cancellationToken).ConfigureAwait(false);
        try
        {
            var envelope = new DumpEnvelope { State = worker.ExpectDump(reply) };
            turns.SaveTo(envelope);
            isTooLarge = envelope.State.Length > LargestState;
            return envelope;
        }
        catch (MontySizeException)
        {
            isTooLarge = true;
            return null;
        }
    }

    /// <summary>Adds the line to an error at the runtime's own limit. The session keeps the state in which the feed left it.</summary>
    private async ValueTask<MontyProgress> LocateAsync(MontyFailed failed, SavedFeed feed, CancellationToken cancellationToken)
    {
        if (await TrySaveAsync(cancellationToken).ConfigureAwait(false) is not { } after)
        {
            return failed;
        }

        var frames = await FindAsync(feed, options.Limits.MaxDuration ?? TimeSpan.MaxValue, cancellationToken).ConfigureAwait(false);
        await LoadAsync(after, cancellationToken).ConfigureAwait(false);
        return failed with { Error = failed.Error with { Frames = frames } };
    }

    /// <summary>Loads the session as it was before the feed. If the session was loaded in the middle of the feed, it ends the feed there instead.</summary>
    private async ValueTask<MontyProgress> UndoAsync(CancellationToken cancellationToken)
    {
        var error = turns.Clock.CreateError();
        if (loaded is { } middle)
        {
            await LoadAsync(middle, cancellationToken).ConfigureAwait(false);
            return await turns.AbortAtLimitAsync(error, cancellationToken).ConfigureAwait(false);
        }

        var feed = saved!;
        var frames = feed.IsComplete ? await FindAsync(feed, turns.Clock.Limit, cancellationToken).ConfigureAwait(false) : [];
        await LoadAsync(feed.Before!, cancellationToken).ConfigureAwait(false);
        WasUndone = true;
        return new MontyFailed(error with { Frames = frames }, FailureOrigin.Limit);
    }

    private Task<EquatableArray<PythonFrame>> FindAsync(SavedFeed feed, TimeSpan limit, CancellationToken cancellationToken) =>
        new TimeoutLocator(held, options, time, feed).FindAsync(limit, cancellationToken);

    private async ValueTask LoadAsync(DumpEnvelope dump, CancellationToken cancellationToken)
    {
        var worker = await held.ClearAsync(cancellationToken).ConfigureAwait(false);
        worker.EnqueueForOk(FeedEncoder.EncodeSetUp(options, withLimits: false));
        worker.Enqueue(new ParentRequest { Load = new Load { State = dump.State } });
        turns.SwitchTo(worker);
        turns.Restore(dump);
        var progress = await turns.ReceiveLoadAsync(cancellationToken).ConfigureAwait(false);
        if (progress is not (null or MontySuspension))
        {
            throw DumpSeal.Refused(progress);
        }
    }
}
