using Monty.Interop;

namespace Monty.Actors.Engine;

/// <summary>Runs the turns of one live session, on the interpreter where it is, or rebuilt where it is lost.</summary>
/// <remarks>Its session's alone, but for <see cref="Interrupt"/> and <see cref="Withdraw"/>, which are thread-safe.</remarks>
internal sealed class SessionTurns(SessionId id, MontyEngine engine, LiveStory story, Interpreter interpreter, SessionOs os)
{
    public const string NotAsTheStorySays = "the session could not be rebuilt as its story says";
    private CancellationTokenSource? turn;
    private int interrupts;

    /// <summary>Announces a command that is to end the turn which runs, before it is sent.</summary>
    public void Interrupt()
    {
        Interlocked.Increment(ref interrupts);
        if (Volatile.Read(ref turn) is { } running)
        {
            _ = CancelAsync(running);
        }
    }

    /// <summary>Takes an announcement back: the command has come, or was not sent after all.</summary>
    public void Withdraw() => Interlocked.Decrement(ref interrupts);

    /// <summary>Runs the turn that is due and takes in what it led to; null when it was interrupted and does not count.</summary>
    /// <param name="save">Makes durable what led to the turn, where the turn takes long.</param>
    /// <param name="killed">Ends the turn and the session's actor.</param>
    public async Task<Acceptance.Accepted?> RunAsync(Func<Task> save, CancellationToken killed)
    {
        using var source = CancellationTokenSource.CreateLinkedTokenSource(killed);
        Interlocked.Exchange(ref turn, source); // before the announcements are read: whoever announces looks for the turn after that
        Task<TurnRun>? running = null;
        var isTaken = false;
        try
        {
            if (Volatile.Read(ref interrupts) > 0)
            {
                return null;
            }

            interpreter.TakeParked();
            running = RunWithDumpAsync(source.Token);
            if (story.HasUnsaved && !await EndsSoonAsync(running).ConfigureAwait(false))
            {
                await save().ConfigureAwait(false);
            }

            var run = await running.ConfigureAwait(false);
            killed.ThrowIfCancellationRequested();
            var outcome = run.Outcome;
            Acceptance.Accepted concluded;
            try
            {
                concluded = Conclude(outcome);
            }
            catch (MontySizeException tooLargeForAny)
            {
                outcome = TooLarge(tooLargeForAny.Message);
                concluded = Conclude(outcome);
            }

            var counts = outcome is TurnOutcome.Ran && !concluded.Facts.Any(f => f is FeedStopping or WorkerLost); // a turn that passed a limit does not
            var tooLarge = story.TryNote(concluded.Facts, run.Dump?.Bytes.Length ?? 0);
            if (tooLarge is not null && story.HasUnsaved)
            {
                await save().ConfigureAwait(false); // in two appends, where one is too small
                tooLarge = story.TryNote(concluded.Facts, run.Dump?.Bytes.Length ?? 0);
            }

            if (tooLarge is not null)
            {
                counts = false;
                concluded = Conclude(TooLarge(tooLarge));
                story.Note(concluded.Facts);
            }

            isTaken = counts;
            if (counts)
            {
                interpreter.Take(run, story.Version);
                os.Keep();
            }

            return concluded;
        }
        catch (OperationCanceledException) when (source.IsCancellationRequested && !killed.IsCancellationRequested)
        {
            return null;
        }
        catch (MontyWorkerException broken) when (broken.Failure == WorkerFailure.Cancelled && source.IsCancellationRequested)
        {
            killed.ThrowIfCancellationRequested();
            return null; // it was cancelled as its reply came
        }
        catch (RebuildException difference)
        {
            var quarantined = new Acceptance.Accepted([new Quarantined(NotAsTheStorySays, difference.Message)], []);
            story.Note(quarantined.Facts);
            return quarantined;
        }
        finally
        {
            Volatile.Write(ref turn, null);
            if (running is { IsCompleted: false })
            {
                await CancelAsync(source).ConfigureAwait(false);
                await ((Task)running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }

            if (running is not null && !isTaken)
            {
                if (running.IsCompletedSuccessfully && (await running.ConfigureAwait(false)).Kept is { } unused)
                {
                    engine.Turns.Drop(unused);
                }

                interpreter.LetGo();
            }
        }
    }

    /// <summary>Brings the interpreter to where the story is, outside a turn.</summary>
    /// <exception cref="RebuildException">It did something else than the story says.</exception>
    /// <exception cref="MontyWorkerException">A worker died, or none could be started.</exception>
    public Task CatchUpAsync(CancellationToken cancellationToken) =>
        RebuildAsync(interpreter.Dump, interpreter.DumpVersion, cancellationToken);

    private async Task<TurnRun> RunWithDumpAsync(CancellationToken cancellationToken)
    {
        if (os.AreOff)
        {
            await os.RestoreAsync(story.ReadAsync(story.Version, cancellationToken)).ConfigureAwait(false); // by a turn that did not count
        }

        try
        {
            if (interpreter.IsLost)
            {
                await CatchUpAsync(cancellationToken).ConfigureAwait(false);
            }

            try
            {
                return await engine
                    .Turns.RunAsync(id, os, story.State, interpreter.Dump, interpreter.Kept, cancellationToken)
                    .ConfigureAwait(false);
            }
            catch (MontyDumpException) when (interpreter.Kept is { Parked.IsCompleted: true })
            {
                // The worker died as somebody else needed it: the story has the turns since its last dump.
                interpreter.LetGo();
                if (interpreter.IsLost)
                {
                    await CatchUpAsync(cancellationToken).ConfigureAwait(false);
                }
            }
            catch (MontyDumpException)
            {
                // Made by another runtime, or damaged: the story has what it held.
                await RebuildAsync(null, 0, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (MontyWorkerException dead) when (TurnRunner.IsOfTheTurn(dead))
        {
            return new TurnRun(new TurnOutcome.WorkerDied($"While the interpreter was rebuilt: {dead.Message}"), null, null);
        }

        return await engine.Turns.RunAsync(id, os, story.State, interpreter.Dump, null, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Cancels a turn, which may be in a read-only handler.</summary>
    private Task CancelAsync(CancellationTokenSource running) => HandlerCancellation.RunAsync(running.CancelAsync, id, engine.Options);

    private async Task<bool> EndsSoonAsync(Task running)
    {
        await running.WaitAsync(engine.Options.AnswerFirstAfter, engine.Time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return running.IsCompleted;
    }

    private Acceptance.Accepted Conclude(TurnOutcome outcome) =>
        SessionCore.Conclude(story.State, outcome, engine.Tools.Catalog, engine.Time.GetUtcNow());

    private static TurnOutcome.Discarded TooLarge(string why) =>
        new(new FeedOutcome.Failed(new PythonError("RuntimeError", $"what the turn led to cannot be stored: {why}"), FailureOrigin.Limit));

    /// <summary>Runs the turns that a dump lacks, or all of them where the runtime refuses it.</summary>
    private async Task RebuildAsync(MontyDump? dump, long dumpVersion, CancellationToken cancellationToken)
    {
        var upTo = story.Version;
        MontyDump? rebuilt;
        try
        {
            rebuilt = await new Rebuild(engine.Turns, id)
                .RunAsync(story.ReadAsync(upTo, cancellationToken), dump, dumpVersion, cancellationToken)
                .ConfigureAwait(false);
        }
        catch (MontyDumpException) when (dump is not null)
        {
            rebuilt = await new Rebuild(engine.Turns, id)
                .RunAsync(story.ReadAsync(upTo, cancellationToken), null, 0, cancellationToken)
                .ConfigureAwait(false);
        }

        interpreter.Set(rebuilt, isStored: false);
    }
}
