using Monty.Actors.Actors;
using Monty.Actors.Persistence;
using Monty.Interop;

namespace Monty.Actors.Turns;

/// <summary>The interpreter of one session between its turns: in a dump, or in a worker that is kept, with a dump that lacks its last turns.</summary>
/// <remarks>
/// Not thread-safe. It belongs to one session actor, and to the turn that runs for it: the actor leaves it alone while a turn runs. What a dump lacks is in the history, and is run again.
/// </remarks>
internal sealed class SessionTurns(SessionId id, SessionEntitySettings settings, SessionFiles files) : IDisposable
{
    private KeptWorker? kept;
    private Task? running;
    private long dumpSequence;
    private bool isBehind;
    private bool isDumpStored = true;
    private int turnsSinceStored;

    /// <summary>The last dump; null before the first turn.</summary>
    public MontyDump? Dump { get; private set; }

    /// <summary>True where the dump lacks turns of the history, and no worker holds the interpreter.</summary>
    public bool IsBehind => isBehind && kept is null;

    /// <summary>True where the dump is too large to travel along with a change, and enough turns have passed.</summary>
    public bool NeedsSnapshot =>
        !isDumpStored
        && !isBehind
        && Dump?.Bytes.Length > settings.Options.MaxInlineDump
        && turnsSinceStored >= settings.Options.LargeDumpTurns;

    // ---- Recovery ----

    /// <summary>Takes over a stored dump, newer than those before.</summary>
    /// <param name="stored">The dump; null for none.</param>
    /// <param name="sequenceNumber">The sequence number that the dump was stored with. It cannot include later changes.</param>
    public void Recover(StoredDump? stored, long sequenceNumber)
    {
        if (stored is null)
        {
            return;
        }

        var isUsable = stored.Runtime == settings.RuntimeVersion && stored.SequenceNumber <= sequenceNumber;
        Dump = isUsable ? new MontyDump(stored.Bytes) : null;
        dumpSequence = isUsable ? stored.SequenceNumber : 0;
    }

    /// <summary>The history is read up to a sequence number: where the dump is older, the interpreter is rebuilt when it is needed.</summary>
    public void RecoveryCompleted(long sequenceNumber)
    {
        isBehind = dumpSequence < sequenceNumber;
        isDumpStored = true;
    }

    /// <summary>Begins with the interpreter of another session.</summary>
    public void StartFrom(MontyDump? dump)
    {
        Dump = dump;
        isBehind = false;
        isDumpStored = dump is null;
    }

    // ---- Turns ----

    /// <summary>Runs the turn that is due.</summary>
    /// <param name="state">The session's state, in which a turn is due.</param>
    /// <param name="sequenceNumber">The sequence number of the last stored change: what the interpreter lacks is run again up to there.</param>
    /// <param name="cancellationToken">Ends the turn and its worker.</param>
    /// <exception cref="ReplayMismatchException">A turn that was run again did something else than the history says.</exception>
    /// <exception cref="OperationCanceledException">The turn was cancelled.</exception>
    /// <exception cref="MontyException">No worker could be started.</exception>
    /// <exception cref="SessionStoreException">The history could not be read.</exception>
    public Task<TurnRun> RunAsync(SessionState state, long sequenceNumber, CancellationToken cancellationToken)
    {
        var task = RunCoreAsync(state, sequenceNumber, cancellationToken);
        running = task;
        return task;
    }

    /// <summary>Brings the interpreter to where the history is.</summary>
    /// <inheritdoc cref="RunAsync" path="/exception"/>
    public Task CatchUpAsync(long sequenceNumber, CancellationToken cancellationToken)
    {
        running = RebuildAsync(Dump, dumpSequence, sequenceNumber, cancellationToken);
        return running;
    }

    /// <summary>Takes in a turn that counts.</summary>
    /// <param name="run">The turn.</param>
    /// <param name="sequenceNumber">The sequence number of the last stored change before what the turn caused.</param>
    public void Keep(TurnRun run, long sequenceNumber)
    {
        turnsSinceStored++;
        if (kept != run.Kept)
        {
            ReleaseWorker();
        }

        kept = run.Kept;
        if (kept is not null)
        {
            settings.Turns.Keep(kept);
        }

        if (run.Dump is not null)
        {
            Dump = run.Dump;
            isBehind = false;
            isDumpStored = false;
        }
        else if (!isBehind)
        {
            dumpSequence = sequenceNumber;
            isBehind = true;
        }
    }

    /// <summary>Gives back the worker of a turn that does not count.</summary>
    /// <param name="run">The turn; null where it did not end.</param>
    public void Discard(TurnRun? run)
    {
        if (run?.Kept is { } unused)
        {
            settings.Turns.Drop(unused);
            if (kept == unused)
            {
                kept = null;
            }
        }

        ReleaseWorker();
    }

    // ---- What is stored ----

    /// <summary>The size of the dump that is stored along with what a turn caused; 0 for none.</summary>
    public long InlineDumpBytes(TurnRun run) =>
        run.Dump is { } dump && dump.Bytes.Length <= settings.Options.MaxInlineDump ? dump.Bytes.Length : 0;

    /// <summary>The dump to store with a change; null where it did not change or is too large.</summary>
    public StoredDump? DumpToStore(long sequenceNumber) =>
        Dump is null || isBehind || isDumpStored || Dump.Bytes.Length > settings.Options.MaxInlineDump
            ? null
            : new StoredDump(sequenceNumber, settings.RuntimeVersion, Dump.Bytes);

    /// <summary>A change was stored.</summary>
    public void Stored(SessionChange change)
    {
        if (change.Dump is not null)
        {
            isDumpStored = true;
            turnsSinceStored = 0;
        }
    }

    /// <summary>The dump to store in a snapshot; null where there is none that is up to date.</summary>
    public StoredDump? DumpForSnapshot(long sequenceNumber) =>
        Dump is null ? null
        : isBehind ? (dumpSequence == 0 ? null : new StoredDump(dumpSequence, settings.RuntimeVersion, Dump.Bytes))
        : new StoredDump(sequenceNumber, settings.RuntimeVersion, Dump.Bytes);

    /// <summary>A snapshot is being saved.</summary>
    public void SnapshotSaved()
    {
        isDumpStored = true;
        turnsSinceStored = 0;
    }

    /// <summary>Returns true where leaving memory without a snapshot would make the next recovery run turns again or read many changes.</summary>
    public bool LosesWork(long changesSinceSnapshot) =>
        (!isDumpStored && !isBehind) || changesSinceSnapshot >= settings.Options.SnapshotEvery / 2;

    /// <summary>Gives back the worker, also that of a turn which still runs.</summary>
    public void Dispose()
    {
        ReleaseWorker();
        _ = DropWhenOverAsync(running);
    }

    private async Task DropWhenOverAsync(Task? turn)
    {
        if (turn is not Task<TurnRun> { IsCompleted: false } unfinished)
        {
            return;
        }

        await ((Task)unfinished).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (unfinished.IsCompletedSuccessfully && (await unfinished.ConfigureAwait(false)).Kept is { } unused)
        {
            settings.Turns.Drop(unused);
        }
    }

    private void ReleaseWorker()
    {
        if (kept is not { } worker)
        {
            return;
        }

        kept = null;
        if (worker.Parked is { IsCompletedSuccessfully: true, Result: { } parked })
        {
            Dump = parked;
            isBehind = false;
            isDumpStored = false;
        }
        else
        {
            settings.Turns.Release(worker);
        }
    }

    private async Task<TurnRun> RunCoreAsync(SessionState state, long sequenceNumber, CancellationToken cancellationToken)
    {
        if (files.IsStale)
        {
            await files.RestoreAsync(settings.History.ReadEventsAsync(id, sequenceNumber, cancellationToken)).ConfigureAwait(false); // a turn that did not count changed them
        }

        if (kept is { Parked.IsCompleted: true })
        {
            ReleaseWorker();
        }

        try
        {
            if (IsBehind)
            {
                await RebuildAsync(Dump, dumpSequence, sequenceNumber, cancellationToken).ConfigureAwait(false);
            }

            try
            {
                return await settings.Turns.RunAsync(id, files, state, Dump, kept, cancellationToken).ConfigureAwait(false);
            }
            catch (MontyDumpException) when (kept is { Parked.IsCompleted: true })
            {
                // The worker died when another session needed it. The history has the turns since its last dump.
                ReleaseWorker();
                if (IsBehind)
                {
                    await RebuildAsync(Dump, dumpSequence, sequenceNumber, cancellationToken).ConfigureAwait(false);
                }
            }
            catch (MontyDumpException)
            {
                // Made by another runtime, or damaged. The history has what it held.
                await RebuildAsync(null, 0, sequenceNumber, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (MontyWorkerException dead) when (TurnRunner.IsOfTheTurn(dead))
        {
            return new TurnRun(new TurnOutcome.WorkerDied($"While the interpreter was rebuilt: {dead.Message}"), null, null);
        }

        return await settings.Turns.RunAsync(id, files, state, Dump, null, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Runs the turns again that a dump lacks, or all of them where the runtime refuses it.</summary>
    private async Task RebuildAsync(MontyDump? from, long fromSequence, long sequenceNumber, CancellationToken cancellationToken)
    {
        MontyDump? rebuilt;
        try
        {
            rebuilt = await ReplayAsync(from, fromSequence).ConfigureAwait(false);
        }
        catch (MontyDumpException) when (from is not null)
        {
            rebuilt = await ReplayAsync(null, 0).ConfigureAwait(false);
        }

        ReleaseWorker();
        Dump = rebuilt;
        isBehind = false;
        isDumpStored = false;

        Task<MontyDump?> ReplayAsync(MontyDump? dump, long includes) =>
            new Replay(settings.Turns, id).RunAsync(
                settings.History.ReadAsync(id, 1, sequenceNumber, cancellationToken),
                dump,
                includes,
                cancellationToken
            );
    }
}
