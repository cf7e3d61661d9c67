using System.Globalization;
using Monty.Interop;
using Shouldly;

namespace Monty.Actors.Tests.Sessions;

/// <summary>
/// Drives the session core like the engine does, with a simulated interpreter that behaves as the decisions say, within the limits of the real one.
/// </summary>
internal sealed class SimulatedSession(Decisions decisions)
{
    public static readonly ToolCatalog Tools = new([
        new ToolSpec("charge", CallKind.Handler, IsAsync: false, TimeSpan.FromMinutes(1)),
        new ToolSpec("fetch", CallKind.Handler, IsAsync: true, TimeSpan.FromMinutes(2)),
        new ToolSpec("approve", CallKind.External, IsAsync: true),
        new ToolSpec("ask", CallKind.External, IsAsync: false),
        new ToolSpec("sleep", CallKind.Timer, IsAsync: true),
        new ToolSpec("receive", CallKind.Signal, IsAsync: true),
    ]);

    private readonly List<SessionCommand> sent = [];
    private uint nextCall;
    private int nextCommand;

    public SessionState State { get; private set; } = SessionState.None;

    public List<SessionEvent> History { get; } = [];

    public IReadOnlyList<SessionCommand> Sent => sent;

    public DateTimeOffset Now { get; private set; } = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The events of the session itself, without those that a fork copied from another session.</summary>
    public IEnumerable<SessionEvent> Own => History.Skip(History.FindLastIndex(e => e is SessionForked) + 1);

    public void Step()
    {
        if (SessionDecider.NextTurn(State) is not null && !decisions.OneIn(4))
        {
            RunTurn();
        }
        else if (decisions.OneIn(12))
        {
            Fork();
        }
        else
        {
            Send(decisions.OneIn(6) && sent.Count > 0 ? decisions.Of(sent) : NewCommand());
        }
    }

    public Decision Send(SessionCommand command)
    {
        var known = sent.Contains(command);
        var acceptance = SessionDecider.Decide(State, command, Tools);
        if (known && Own.OfType<CommandEvent>().Any(e => e.CommandId == command.CommandId))
        {
            acceptance.ShouldBeOfType<Decision.Repeated>($"{command} was applied before");
        }

        if (command.CommandId.Length > 0)
        {
            sent.Add(command);
        }

        if (acceptance is not Decision.Accepted accepted)
        {
            return acceptance;
        }

        Take(accepted);
        if (command.CommandId.Length > 0)
        {
            SessionDecider.Decide(State, command, Tools).ShouldBeOfType<Decision.Repeated>($"{command} was applied just now");
        }

        return acceptance;
    }

    public void RunTurn() => Take(SessionDecider.ApplyTurnOutcome(State, Outcome(), Tools, Now));

    /// <summary>Continues as a fork of the session if it can be forked.</summary>
    private void Fork()
    {
        var fork = new ForkCommand((nextCommand++).ToString(CultureInfo.InvariantCulture), "fork");
        var refusal = SessionFork.WhyRefused(State, fork);
        (refusal is null).ShouldBe(State is { Setup: not null, Status: SessionStatus.Idle }, refusal?.Message);
        if (
            SessionFork.Decide(SessionState.None, new SessionForked("session", History.Count, fork.CommandId), refusal)
            is Decision.Accepted accepted
        )
        {
            Take(accepted);
        }
    }

    private void Take(Decision.Accepted accepted)
    {
        accepted.Events.ShouldNotBeEmpty();
        foreach (var @event in accepted.Events)
        {
            State = SessionEvolver.Evolve(State, @event);
            History.Add(@event);
            if (@event is FeedStarted)
            {
                nextCall = 0;
            }
        }
    }

    private TurnOutcome Outcome()
    {
        if (decisions.OneIn(12))
        {
            return new TurnOutcome.WorkerDied("exit code 137");
        }

        if (decisions.OneIn(12))
        {
            return new TurnOutcome.Discarded(
                new FeedOutcome.Failed(new PythonError("TimeoutError", "the turn passed its deadline"), FailureOrigin.Limit)
            );
        }

        if (SessionDecider.NextTurn(State) is AbortTurn abort)
        {
            return new TurnOutcome.Ran([], "", new MontyFailed(abort.Error, FailureOrigin.Script));
        }

        if (SessionDecider.NextTurn(State) is FeedTurn && decisions.OneIn(12))
        {
            return new TurnOutcome.Ran([], "", new MontyTypingFailed("findings"));
        }

        List<TurnStep> steps = [];
        var open = Futures.Except(Delivered).ToHashSet();
        if (SessionDecider.NextTurn(State) is AnswerTurn { Answer: ResolveAnswer resolve })
        {
            open.ExceptWith(resolve.Outcomes.Keys);
        }

        for (var count = decisions.Below(4); count > 0; count--)
        {
            steps.Add(new TurnStep(decisions.OneIn(3) ? "text\n" : "", Asked(open), Answered));
        }

        return new TurnOutcome.Ran(steps.ToEquatableArray(), decisions.OneIn(3) ? new string('x', 20_000) : "", End(open));
    }

    private MontyAnswer Answered { get; set; } = MontyAnswer.NotFound;

    /// <summary>The calls for which the interpreter was given a future in this feed.</summary>
    private IEnumerable<uint> Futures => OfFeed<CallAnnounced>().Where(a => a.IsDeferred).Select(a => ((MontyFunctionCall)a.Call).CallId);

    /// <summary>The calls whose answers were delivered to their futures.</summary>
    private IEnumerable<uint> Delivered => OfFeed<FuturesDelivered>().SelectMany(d => d.CallIds);

    private IEnumerable<T> OfFeed<T>() => History.Skip(History.FindLastIndex(e => e is FeedStarted)).OfType<T>();

    private MontySuspension Asked(HashSet<uint> open)
    {
        var known = State.Feed!.Answers;
        switch (decisions.Below(4))
        {
            case 0:
                Answered = MontyAnswer.NotFound;
                return new MontyNameLookup("name");
            case 1 when open.Where(known.Contains).Order().ToList() is { Count: > 0 } ready:
                Answered = MontyAnswer.Resolve(ready.ToDictionary(id => id, id => known.Find(id)!));
                var awaited = new MontyResolveFutures(open.Order().ToEquatableArray());
                open.ExceptWith(ready);
                return awaited;
            case 2:
                Answered = MontyAnswer.Return(MontyValue.None);
                return new MontyOsCall(OsFunction.DateToday, [], nextCall++);
            default:
                Answered = MontyAnswer.Future;
                open.Add(nextCall);
                return Call(decisions.Of<string>(["fetch", "approve", "sleep", "receive"]));
        }
    }

    private MontyProgress End(HashSet<uint> open) =>
        decisions.Below(6) switch
        {
            0 => new MontyComplete(42),
            1 => new MontyFailed(new PythonError("ValueError", "bad"), FailureOrigin.Script),
            2 => new MontyFailed(new PythonError("TimeoutError", "time limit exceeded: 2s > 1s"), FailureOrigin.Limit),
            3 => Call(decisions.Of<string>(["charge", "ask"])),
            4 => new MontyOsCall(OsFunction.WriteText, [new MontyPath("/f"), "x"], nextCall++),
            _ => new MontyResolveFutures(open.Order().ToEquatableArray()),
        };

    private MontyFunctionCall Call(string name) =>
        new(
            name,
            name switch
            {
                "sleep" => [decisions.Below(500)],
                "receive" => [decisions.Of<string>(["go", "stop"])],
                _ => ["argument"],
            },
            [],
            nextCall++
        );

    private SessionCommand NewCommand()
    {
        var id = (nextCommand++).ToString(CultureInfo.InvariantCulture);
        if (State.Setup is null)
        {
            return decisions.OneIn(4) ? new CloseCommand(id) : new OpenCommand(id, new SessionSetup());
        }

        if (decisions.OneIn(8))
        {
            Now += TimeSpan.FromSeconds(decisions.Below(100));
        }

        var feed = State.FeedCount - (decisions.OneIn(10) ? 1 : 0);
        var call = (uint)decisions.Below((int)nextCall + 1);
        return decisions.Below(14) switch
        {
            0 => new OpenCommand(id, new SessionSetup()),
            1 or 2 or 3 => new FeedCommand(id, "code"),
            4 or 5 or 6 => new AnswerCommand(
                id,
                feed,
                call,
                decisions.OneIn(9) ? MontyAnswer.Future
                    : decisions.OneIn(3) ? MontyAnswer.Raise("ValueError")
                    : MontyAnswer.Return(1)
            ),
            7 => new RetryCommand(
                feed,
                call,
                1 + decisions.Below(3),
                "connection refused",
                Now + TimeSpan.FromSeconds(decisions.Below(60))
            ),
            8 or 9 => new SignalCommand(id, decisions.Of<string>(["go", "stop"]), "value"),
            10 => new CancelCommand(id, "no longer needed"),
            11 => new ReleaseCommand(id, decisions.OneIn(2)),
            12 => decisions.OneIn(6) ? new CloseCommand(id) : new CancelCommand(id, "again"),
            _ => new TimersElapsedCommand(Now),
        };
    }
}
