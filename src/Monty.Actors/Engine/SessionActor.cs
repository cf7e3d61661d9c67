using System.Diagnostics.CodeAnalysis;
using Monty.Interop;

namespace Monty.Actors.Engine;

/// <summary>One live session: takes commands, runs the turns that are due, makes durable what they led to, and only then answers and acts.</summary>
/// <remarks>
/// It recovers itself from the journal at its first message. When the journal fails it ends, as what is durable is unknown then; whoever sends next finds a new one.
/// The handlers that ran for it run on, and belong to that one.
/// </remarks>
[SuppressMessage(
    "Design",
    "CA1001:Types that own disposable fields should be disposable",
    Justification = "It is disposed of at the actor's end."
)]
internal sealed class SessionActor : Actor<SessionMessage>
{
    private const int MailboxSize = 256;
    private readonly SessionId id;
    private readonly MontyEngine engine;
    private readonly LiveStory story;
    private readonly Interpreter interpreter;
    private readonly SessionOs os;
    private readonly SessionHandlers handlers;
    private readonly SessionTurns turns;
    private readonly List<SessionEffect> effects = [];
    private bool isLoaded;
    private int wakes;
    private int nextWakes;

    /// <param name="id">The session.</param>
    /// <param name="engine">The engine.</param>
    /// <param name="running">The handlers that run for the session already.</param>
    public SessionActor(SessionId id, MontyEngine engine, Dictionary<(int Feed, uint CallId), CallActor> running)
        : base(MailboxSize)
    {
        (this.id, this.engine, story, os) = (id, engine, new LiveStory(id, engine), new SessionOs(id, engine.Options));
        interpreter = new Interpreter(engine.Turns, engine.Options, engine.RuntimeVersion);
        handlers = new SessionHandlers(id, engine, os, running);
        turns = new SessionTurns(id, engine, story, interpreter, os);
        Touch();
    }

    /// <summary>When the last message was taken, or its last append made durable, as a timestamp of the engine's clock. A reply comes after that.</summary>
    public long LastUsed { get; private set; }

    /// <inheritdoc/>
    protected override bool WaitsItsTurn => true;

    private SessionState State => story.State;

    /// <summary>Lets it look for what is due, if it does not wait for that already.</summary>
    /// <returns>False when its mailbox is full, or it is ending.</returns>
    public bool TryWake()
    {
        if (Interlocked.Exchange(ref wakes, 1) == 1 || TrySend(new SessionMessage.Wake()))
        {
            return true;
        }

        Volatile.Write(ref wakes, 0);
        return false;
    }

    /// <summary>True once: for the caller who, as it is ending, sees to it that the session's next actor looks for what is due.</summary>
    public bool MayWakeNext() => Interlocked.Exchange(ref nextWakes, 1) == 0;

    /// <summary>Announces a command that is to end the turn which runs, before it is sent.</summary>
    public void Interrupt() => turns.Interrupt();

    /// <summary>Takes an announcement back: the command was not sent after all.</summary>
    public void Withdraw() => turns.Withdraw();

    /// <summary>Ends without another turn: the one that runs is cancelled and does not count, what was sent is made durable. A session that is still being recovered drops it all.</summary>
    public Task HaltAsync()
    {
        Interrupt();
        return Volatile.Read(ref isLoaded) ? StopAsync() : KillAsync();
    }

    /// <inheritdoc/>
    protected override async ValueTask ReceiveAsync(SessionMessage message)
    {
        if (message is not SessionMessage.Passivate)
        {
            Touch();
        }

        try
        {
            if (!isLoaded)
            {
                if (message is SessionMessage.Passivate)
                {
                    return; // it keeps handlers for when somebody needs the session
                }

                await LoadAsync().ConfigureAwait(false);
                foreach (var ended in handlers.Outcomes)
                {
                    await TakeAsync(ended, reply: null).ConfigureAwait(false);
                }
            }

            switch (message)
            {
                case SessionMessage.Command command:
                    if (command.What is CancelCommand or CloseCommand)
                    {
                        turns.Withdraw();
                    }

                    await TakeAsync(command.What, command.Reply).ConfigureAwait(false);
                    break;
                case SessionMessage.Offer offer:
                    if (interpreter.IsLost && State is { Feed: null, Quarantine: null, IsClosed: false })
                    {
                        await CatchUpAsync().ConfigureAwait(false);
                    }

                    offer.Reply.TrySetResult(
                        new ForkOffer(
                            id,
                            offer.What,
                            SessionFork.WhyRefused(State, offer.What),
                            State.Setup,
                            State.FeedCount,
                            story.Version,
                            interpreter.Dump
                        )
                    );
                    break;
                case SessionMessage.Begin begin:
                    await BeginAsync(begin.What, begin.Reply).ConfigureAwait(false);
                    break;
                case SessionMessage.CallEnded ended:
                    await TakeAsync(ended.What, reply: null).ConfigureAwait(false);
                    break;
                case SessionMessage.Wake wake:
                    wake.Woken?.TrySetResult();
                    Volatile.Write(ref wakes, 0);
                    if (State.Setup is not null)
                    {
                        await TakeAsync(new TimersElapsedCommand(engine.Time.GetUtcNow()), reply: null).ConfigureAwait(false);
                    }

                    break;
                case SessionMessage.Passivate passivate
                    when LastUsed <= passivate.UnusedSince && handlers.AreNone && SessionDecider.NextTurn(State) is null:
                    StopIfIdle();
                    return;
            }

            await RunTurnsAsync(reply: null).ConfigureAwait(false);
            if (State.IsClosed || State.Setup is null)
            {
                StopIfIdle();
            }
        }
        catch (Exception exception)
        {
            Drop(message, exception);
            throw;
        }
    }

    /// <inheritdoc/>
    protected override void Drop(SessionMessage message, Exception? failure)
    {
        if (message is SessionMessage.Wake { Woken: { } woken })
        {
            woken.TrySetResult(); // it is tried again, or the engine stops
        }

        if (failure is null or OperationCanceledException)
        {
            failure = new ObjectDisposedException(
                "The engine stopped before the command was applied. Send it again to the next one.",
                innerException: null
            );
        }

        if (message is SessionMessage.Offer { Reply: var offer })
        {
            offer.TrySetException(failure);
        }

        if (message is SessionMessage.Command { Reply: var reply })
        {
            reply.TrySetException(failure);
        }

        if (message is SessionMessage.Begin { Reply: var begun })
        {
            begun.TrySetException(failure);
        }
    }

    /// <inheritdoc/>
    protected override async ValueTask EndAsync(Exception? failure)
    {
        interpreter.LetGo();
        await handlers.FilesDoneAsync().ConfigureAwait(false);
        os.Dispose();
        try
        {
            if (engine.IsStopping)
            {
                await StopHandlersAsync(failure).ConfigureAwait(false);
            }
            else if (failure is SessionFencedException)
            {
                handlers.Kill();
            }
        }
        finally
        {
            engine.Live.Ended(id, this, failure, handlers.HandOver());
        }
    }

    /// <summary>Ends the handlers as the engine stops, and makes durable how those ended that did: the next engine runs only the others again.</summary>
    private async Task StopHandlersAsync(Exception? failure)
    {
        await foreach (var end in Task.WhenEach(handlers.Kill()).ConfigureAwait(false))
        {
            if (
                await end.ConfigureAwait(false) is not { } outcome
                || failure is not null
                || Killed.IsCancellationRequested
                || engine.Lost.IsCancellationRequested
            )
            {
                continue;
            }

            try
            {
                await TakeAsync(outcome, reply: null).ConfigureAwait(false);
            }
            catch (Exception unstored) when (unstored is JournalException or SessionFencedException)
            {
                failure = unstored;
                engine.Report(
                    $"What a handler of {id} returned as the engine stopped could not be stored: the engine that starts next runs it again.",
                    unstored
                );
            }
        }
    }

    private async Task LoadAsync()
    {
        switch (await engine.Journal.ClaimAsync(id, engine.Epoch, Killed).ConfigureAwait(false))
        {
            case ClaimResult.Fenced fenced:
                throw new SessionFencedException(id, fenced.Epoch);
            case ClaimResult.Claimed { Head: var head }:
                await RecoverAsync(head).ConfigureAwait(false);
                engine.Recovered(id, story.Version, State.DueAt);
                break;
        }

        isLoaded = true;
    }

    private async Task RecoverAsync(SessionHead head)
    {
        await story.RecoverAsync(head, os.See, Killed).ConfigureAwait(false);
        if (head.DumpProblem is { } problem)
        {
            engine.Report($"{problem} The interpreter of {id} is rebuilt from the story.", null);
        }

        interpreter.Recover(
            head.Dump is { } dump && dump.Version <= story.Version && dump.Runtime == engine.RuntimeVersion ? dump : null,
            story.Version
        );
        if (os.AreOff && State is { Quarantine: null, IsClosed: false })
        {
            await RestoreFilesAsync().ConfigureAwait(false);
        }

        handlers.Adjust(State, mayStart: State.Quarantine is null);
    }

    /// <summary>Recovers a session that is released: in quarantine its interpreter is missing or behind the story, and handlers were not started.</summary>
    private async Task ReloadAsync(TaskCompletionSource<SessionReply>? reply)
    {
        await SaveAsync(reply).ConfigureAwait(false);
        isLoaded = false;
        await LoadAsync().ConfigureAwait(false);
    }

    /// <summary>Makes the files that the story leads to; quarantines the session where they cannot be made.</summary>
    private async Task RestoreFilesAsync()
    {
        try
        {
            await os.RestoreAsync(story.ReadAsync(story.Version, Killed)).ConfigureAwait(false);
        }
        catch (RebuildException difference)
        {
            await QuarantineAsync(SessionTurns.NotAsTheStorySays, difference.Message).ConfigureAwait(false);
        }
    }

    /// <summary>Brings the interpreter to where the story is, outside a turn; quarantines the session where that cannot be done.</summary>
    private async Task CatchUpAsync()
    {
        try
        {
            await turns.CatchUpAsync(Killed).ConfigureAwait(false);
        }
        catch (RebuildException difference)
        {
            await QuarantineAsync(SessionTurns.NotAsTheStorySays, difference.Message).ConfigureAwait(false);
        }
        catch (MontyWorkerException dead) when (TurnRunner.IsOfTheTurn(dead))
        {
            await QuarantineAsync("a worker died while the interpreter was rebuilt", dead.Message).ConfigureAwait(false);
        }
    }

    private async Task QuarantineAsync(string reason, string evidence)
    {
        interpreter.Set(null, isStored: true);
        story.Note([new SessionQuarantined(reason, evidence)]);
        await SaveAsync(reply: null).ConfigureAwait(false);
    }

    private async Task TakeAsync(SessionCommand command, TaskCompletionSource<SessionReply>? reply)
    {
        switch (SessionDecider.Decide(State, command))
        {
            case Decision.Refused refused:
                reply?.TrySetResult(new SessionReply.Refused(refused.Refusal, refused.Message));
                break;
            case Decision.Repeated repeated:
                reply?.TrySetResult(new SessionReply.Repeated(story.Version, repeated.Recorded));
                break;
            case Decision.Accepted accepted:
                if (story.TryNote(accepted.Events) is { } tooLarge)
                {
                    if (command is not EndCallCommand ended)
                    {
                        reply?.TrySetResult(
                            new SessionReply.Refused(
                                SessionRefusal.TooLarge,
                                $"The command cannot be stored: {tooLarge}. Send less, or raise the journal's limits."
                            )
                        );
                        break;
                    }

                    accepted = (Decision.Accepted)
                        SessionDecider.Decide(
                            State,
                            ended with
                            {
                                Answer = MontyAnswer.Raise("RuntimeError", $"the host's answer cannot be stored: {tooLarge}"),
                            }
                        );
                    story.Note(accepted.Events);
                }

                effects.AddRange(accepted.Effects);
                if (command is ReleaseCommand)
                {
                    await ReloadAsync(reply).ConfigureAwait(false);
                }

                await RunTurnsAsync(reply).ConfigureAwait(false);
                if (story.HasUnsaved)
                {
                    await SaveAsync(reply).ConfigureAwait(false);
                }

                break;
        }
    }

    /// <summary>Begins as a fork: one append makes the session, and is all that the fork makes durable.</summary>
    private async Task BeginAsync(ForkOffer offer, TaskCompletionSource<SessionReply> reply)
    {
        switch (SessionFork.Decide(State, offer.Fact, offer.Refusal))
        {
            case Decision.Refused refused:
                reply.TrySetResult(new SessionReply.Refused(refused.Refusal, refused.Message));
                return;
            case Decision.Repeated:
                reply.TrySetResult(new SessionReply.Repeated(story.Version, Recorded: null));
                return;
        }

        try
        {
            await story.AppendAsync(await offer.ToAppendAsync(id, engine, Killed).ConfigureAwait(false)).ConfigureAwait(false);
        }
        catch (JournalLimitException limit)
        {
            reply.TrySetResult(
                new SessionReply.Refused(
                    SessionRefusal.TooLarge,
                    $"A fork is written in one append, and the story and interpreter of {offer.Source} do not fit into one. {limit.Message}"
                )
            );
            return;
        }

        await LoadAsync().ConfigureAwait(false);
        reply.TrySetResult(new SessionReply.Accepted(offer.Version + 1, offer.FeedCount));
    }

    /// <summary>Runs what is due, turn after turn; each is one append, with what led to it.</summary>
    private async Task RunTurnsAsync(TaskCompletionSource<SessionReply>? reply)
    {
        while (
            SessionDecider.NextTurn(State) is not null
            && await turns.RunAsync(() => SaveAsync(reply), Killed).ConfigureAwait(false) is { } concluded
        )
        {
            effects.AddRange(concluded.Effects);
            await SaveAsync(reply).ConfigureAwait(false);
        }
    }

    /// <summary>Makes durable what was taken in; only then effects begin and the command is answered.</summary>
    private async Task SaveAsync(TaskCompletionSource<SessionReply>? reply)
    {
        var accepted = await story.SaveAsync(interpreter).ConfigureAwait(false);
        handlers.Act(State, effects);
        effects.Clear();
        Touch();
        reply?.TrySetResult(accepted);
    }

    private void Touch() => LastUsed = engine.Time.GetTimestamp();
}
