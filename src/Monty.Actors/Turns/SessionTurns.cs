using Monty.Actors.Actors;
using Monty.Actors.Persistence;
using Monty.Interop;

namespace Monty.Actors.Turns;

/// <summary>The interpreter of one session between its turns: a dump, or a kept worker together with a dump that lacks the last turns.</summary>
/// <remarks>
/// Not thread-safe. Used by one session actor and by the turn that runs for it; while a turn runs, the actor stores changes without a dump. Turns that the
/// dump lacks are in the history, and are run again.
/// </remarks>
internal sealed class SessionTurns(SessionId id, SessionEntitySettings settings, SessionFiles files) : IDisposable
{
    private KeptWorker? kept;
    private Task<TurnRun>? running;
    private long dumpSequence;
    private bool isBehind;
    private bool isDumpStored = true;
    private int turnsSinceStored;

    /// <summary>The last dump, or null before the first turn.</summary>
    public MontyDump? Dump { get; private set; }

    /// <summary>True while a turn runs. It may rebuild the interpreter, so the dump is not stored in the meantime.</summary>
    public bool IsRunning => running is { IsCompleted: false };

    /// <summary>True if the dump lacks turns of the history and no worker holds the interpreter.</summary>
    public bool IsBehind => isBehind && kept is null;

    /// <summary>True if the dump is too large to be stored with a change, and enough turns have passed since the last snapshot.</summary>
    public bool NeedsSnapshot =>
        !IsRunning
        && !isDumpStored
        && !isBehind
        && Dump?.Bytes.Length > settings.Options.MaxInlineDump
        && turnsSinceStored >= settings.Options.LargeDumpTurns;

    // ---- Recovery ----

    /// <summary>Takes over the dump of a snapshot. If the dump is older, or of another runtime, the interpreter is rebuilt when it is needed.</summary>
    public void Recover(SessionSnapshot snapshot)
    {
        isBehind = snapshot.State.FeedCount > 0;
        RecoverDump(snapshot.Dump, snapshot.SequenceNumber);
    }

    /// <summary>Takes over the dump of a change. Turns that no dump includes make the dump too old. Other events, such as signals, do not.</summary>
    public void Recover(SessionChange change)
    {
        isBehind |= change.Events.Any(Replay.IsOfTurn);
        RecoverDump(change.Dump, change.SequenceNumber);
    }

    private void RecoverDump(StoredDump? stored, long sequenceNumber)
    {
        if (stored is null)
        {
            return;
        }

        var isUsable = stored.Runtime == settings.RuntimeVersion && stored.SequenceNumber <= sequenceNumber;
        Dump = isUsable ? new MontyDump(stored.Bytes) : null;
        dumpSequence = isUsable ? stored.SequenceNumber : 0;
        isBehind = dumpSequence < sequenceNumber;
    }

    /// <summary>Starts with the interpreter of another session.</summary>
    public void StartFrom(MontyDump? dump)
    {
        Dump = dump;
        isBehind = false;
        isDumpStored = dump is null;
    }

    // ---- Turns ----

    /// <summary>Runs the next turn.</summary>
    /// <param name="state">The state of the session, which requires a turn.</param>
    /// <param name="sequenceNumber">The sequence number of the last stored change. Turns up to it that the interpreter lacks are run again.</param>
    /// <param name="gate">The gate that the first turn on a thread passes, or null.</param>
    /// <param name="cancellationToken">Cancels the turn and kills its worker.</param>
    /// <exception cref="ReplayMismatchException">The result of a replayed turn differs from the history.</exception>
    /// <exception cref="OperationCanceledException">The turn was canceled.</exception>
    /// <exception cref="MontyException">No worker could be started.</exception>
    /// <exception cref="SessionStoreException">The history could not be read.</exception>
    public Task<TurnRun> RunAsync(SessionState state, long sequenceNumber, TurnGate? gate, CancellationToken cancellationToken)
    {
        var task = RunCoreAsync(state, sequenceNumber, gate, cancellationToken);
        running = task;
        return task;
    }

    /// <summary>Brings the interpreter up to the end of the history.</summary>
    /// <inheritdoc cref="RunAsync" path="/exception"/>
    public Task CatchUpAsync(long sequenceNumber, CancellationToken cancellationToken) =>
        RebuildAsync(Dump, dumpSequence, sequenceNumber, gate: null, cancellationToken);

    /// <summary>Takes over the result of a turn that counts.</summary>
    /// <param name="run">The turn.</param>
    /// <param name="sequenceNumber">The sequence number of the last change that was stored before the events of the turn.</param>
    public void Keep(TurnRun run, long sequenceNumber)
    {
        running = null;
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

    /// <summary>Returns the worker of a turn that does not count.</summary>
    /// <param name="run">The turn, or null if it did not end.</param>
    public void Discard(TurnRun? run)
    {
        running = null;
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

    // ---- Storage ----

    /// <summary>Returns the size of the dump that is stored with the events of a turn, or 0 for none.</summary>
    public long InlineDumpBytes(TurnRun run) =>
        run.Dump is { } dump && dump.Bytes.Length <= settings.Options.MaxInlineDump ? dump.Bytes.Length : 0;

    /// <summary>Returns the dump to store with a change, or null if it did not change, may be changing or is too large.</summary>
    public StoredDump? DumpToStore(long sequenceNumber) =>
        IsRunning || Dump is null || isBehind || isDumpStored || Dump.Bytes.Length > settings.Options.MaxInlineDump
            ? null
            : new StoredDump(sequenceNumber, settings.RuntimeVersion, Dump.Bytes);

    /// <summary>Records that a change was stored.</summary>
    public void Stored(SessionChange change)
    {
        if (change.Dump is not null)
        {
            isDumpStored = true;
            turnsSinceStored = 0;
        }
    }

    /// <summary>Returns the dump to store in a snapshot, or null if no current dump exists.</summary>
    public StoredDump? DumpForSnapshot(long sequenceNumber) =>
        Dump is null ? null
        : isBehind ? (dumpSequence == 0 ? null : new StoredDump(dumpSequence, settings.RuntimeVersion, Dump.Bytes))
        : new StoredDump(sequenceNumber, settings.RuntimeVersion, Dump.Bytes);

    /// <summary>Records that a snapshot is being saved.</summary>
    public void SnapshotSaved()
    {
        isDumpStored = true;
        turnsSinceStored = 0;
    }

    /// <summary>Returns true if leaving memory without a snapshot would make the next recovery run turns again or read many changes.</summary>
    public bool LosesWork(long changesSinceSnapshot) =>
        (!isDumpStored && !isBehind) || changesSinceSnapshot >= settings.Options.SnapshotEvery / 2;

    /// <summary>Returns the worker, even if a turn still runs on it, or has ended without being kept or discarded.</summary>
    public void Dispose()
    {
        ReleaseWorker();
        _ = DropWhenOverAsync(running);
    }

    private async Task DropWhenOverAsync(Task<TurnRun>? turn)
    {
        if (turn is null)
        {
            return;
        }

        await ((Task)turn).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (turn.IsCompletedSuccessfully && (await turn.ConfigureAwait(false)).Kept is { } unused)
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

    private async Task<TurnRun> RunCoreAsync(SessionState state, long sequenceNumber, TurnGate? gate, CancellationToken cancellationToken)
    {
        if (files.IsStale)
        {
            await files.RestoreAsync(settings.History.ReadEventsAsync(id, sequenceNumber, cancellationToken)).ConfigureAwait(false); // a turn that did not count changed the files
        }

        if (kept is { Parked.IsCompleted: true })
        {
            ReleaseWorker();
        }

        try
        {
            if (IsBehind)
            {
                await RebuildAsync(Dump, dumpSequence, sequenceNumber, gate, cancellationToken).ConfigureAwait(false);
            }

            try
            {
                return await settings.Turns.RunAsync(id, files, state, Dump, kept, gate, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception lost) when (lost is InterpreterLostException or MontyDumpException && kept is { Parked.IsCompleted: true })
            {
                // The worker died when another session needed it. The history has the turns since its last dump.
                ReleaseWorker();
                if (IsBehind)
                {
                    await RebuildAsync(Dump, dumpSequence, sequenceNumber, gate, cancellationToken).ConfigureAwait(false);
                }
            }
            catch (MontyDumpException)
            {
                // The dump was made by another runtime, or is damaged. The history contains the same state.
                await RebuildAsync(null, 0, sequenceNumber, gate, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (MontyWorkerException dead) when (TurnRunner.IsOfTheTurn(dead))
        {
            return new TurnRun(new TurnOutcome.WorkerDied($"While the interpreter was rebuilt: {dead.Message}"), null, null);
        }

        return await settings.Turns.RunAsync(id, files, state, Dump, null, gate, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Runs the turns again that a dump lacks, or all turns if the runtime refuses the dump.</summary>
    private async Task RebuildAsync(
        MontyDump? from,
        long fromSequence,
        long sequenceNumber,
        TurnGate? gate,
        CancellationToken cancellationToken
    )
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
            new Replay(settings.Turns, id, gate).RunAsync(
                settings.History.ReadAsync(id, 1, sequenceNumber, cancellationToken),
                dump,
                includes,
                cancellationToken
            );
    }
}
