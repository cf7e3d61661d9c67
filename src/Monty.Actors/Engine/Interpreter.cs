using Monty.Interop;

namespace Monty.Actors.Engine;

/// <summary>Where a live session's interpreter is between its turns: in a dump, or in a worker that is kept, with a dump that lacks its turns.</summary>
/// <remarks>Its session's alone; what led to a turn may be stored while the turn rebuilds it. What a dump lacks is in the story.</remarks>
internal sealed class Interpreter(TurnRunner turns, MontyEngineOptions options, string runtime)
{
    private readonly Lock gate = new();
    private bool isDumpBehind;
    private int turnsSinceStored;

    /// <summary>The last dump; null before the first turn.</summary>
    public MontyDump? Dump { get; private set; }

    /// <summary>The version that <see cref="Dump"/> includes, where it is behind.</summary>
    public long DumpVersion { get; private set; }

    /// <summary>The worker that holds it; null for none.</summary>
    public KeptWorker? Kept { get; private set; }

    /// <summary>True where turns of the story are missing, and it has to be rebuilt from <see cref="Dump"/>.</summary>
    public bool IsLost => isDumpBehind && Kept is null;

    /// <summary>Takes what the journal has; where that lacks facts of the story, it is rebuilt when it is needed.</summary>
    /// <param name="stored">The stored dump; null where none can be used.</param>
    /// <param name="version">The session's version.</param>
    public void Recover(JournalDump? stored, long version)
    {
        Set(stored is null ? null : new MontyDump(stored.Content), isStored: true);
        DumpVersion = stored?.Version ?? 0;
        isDumpBehind = DumpVersion < version;
    }

    /// <summary>Takes a dump for the interpreter as it is now.</summary>
    /// <param name="dump">The dump; null where no turn has run.</param>
    /// <param name="isStored">True where the journal has it.</param>
    public void Set(MontyDump? dump, bool isStored)
    {
        LetGo();
        lock (gate)
        {
            (Dump, isDumpBehind, turnsSinceStored) = (dump, false, isStored ? 0 : options.LargeDumpTurns);
        }
    }

    /// <summary>Takes in a turn that counts.</summary>
    /// <param name="run">The turn.</param>
    /// <param name="version">The session's version before what the turn led to.</param>
    public void Take(TurnRun run, long version)
    {
        turnsSinceStored++;
        if (Kept != run.Kept)
        {
            LetGo();
        }

        Kept = run.Kept;
        if (Kept is not null)
        {
            turns.Keep(Kept);
        }

        if (run.Dump is not null)
        {
            (Dump, isDumpBehind) = (run.Dump, false);
        }
        else if (!isDumpBehind)
        {
            (DumpVersion, isDumpBehind) = (version, true);
        }
    }

    /// <summary>Takes what somebody left who needed the worker.</summary>
    public void TakeParked()
    {
        if (Kept is { Parked.IsCompleted: true })
        {
            LetGo();
        }
    }

    /// <summary>Goes without the worker: a turn on it does not count, or the session leaves memory.</summary>
    public void LetGo()
    {
        if (Kept is not { } kept)
        {
            return;
        }

        Kept = null;
        if (kept.Parked is { IsCompletedSuccessfully: true, Result: { } parked })
        {
            (Dump, isDumpBehind) = (parked, false);
        }
        else
        {
            turns.Release(kept);
        }
    }

    /// <summary>The dump to store beside the facts; null where none changed, or where it is large and not due yet.</summary>
    /// <param name="version">The session's version with the facts.</param>
    /// <param name="isFeedOpen">True while more turns of its feed are to come.</param>
    public JournalDump? ToStore(long version, bool isFeedOpen)
    {
        lock (gate)
        {
            if (Dump is null || isDumpBehind || turnsSinceStored == 0)
            {
                return null;
            }

            if (Dump.Bytes.Length > options.MaxInlineDump && turnsSinceStored < options.LargeDumpTurns && isFeedOpen)
            {
                return null;
            }

            return new JournalDump(version, runtime, Dump.Bytes);
        }
    }

    /// <summary>Says that the dump to store was stored.</summary>
    public void Stored() => turnsSinceStored = 0;
}
