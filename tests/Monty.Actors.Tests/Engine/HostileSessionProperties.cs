using FsCheck;
using FsCheck.Fluent;
using Monty.Actors.Persistence;
using Monty.Actors.Tests.Sessions;
using Monty.Interop;
using Monty.Testing;
using Shouldly;
using Xunit;

namespace Monty.Actors.Tests.Engine;

/// <summary>
/// Tests that a session ends in a stable state after a bounded number of steps, whatever its commands, values and tools contain and whatever fails, and that
/// it can always be canceled and closed.
/// </summary>
public sealed class HostileSessionProperties
{
    private const int MaxChangeBytes = 4096;

    /// <summary>An upper bound for the commits of a few commands, each with all of its attempts.</summary>
    private const int MaxWrites = 200;

    private readonly List<string> reached = [];

    private static readonly string[] Code =
    [
        "1",
        "'x' * 5_000",
        "'\\u0001' * 900",
        "print('x' * 9_000)",
        "ask('x' * 5_000)",
        "ask()",
        "await work()",
        "peek()",
        "import asyncio\nawait asyncio.gather(work(), ask(), work())",
        "import asyncio\nawait asyncio.gather(*[ask() for _ in range(300)])",
        "open('/work/a', 'w').write('x' * 5_000)",
        "open('/work/a', 'w').write('x')",
        "await receive('go')",
        "await sleep(3600)",
        "1 / 0",
        "raise ValueError('x' * 5_000)",
        "[" + new string('[', 30) + new string(']', 30) + "]",
        "{i: 'x' * i for i in range(200)}",
    ];

    [Fact]
    public void A_session_settles_in_bounded_steps_and_can_be_canceled_and_closed()
    {
        Prop.ForAll(
                Gen.Choose(0, 1 << 20).ArrayOf(60).ToArbitrary(),
                numbers =>
                {
                    CheckAsync(new Decisions(numbers)).GetAwaiter().GetResult();
                }
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(200));
        new[] { "Idle", "Waiting", "Quarantined", "Stuck", "TooLarge" }
            .Except(reached)
            .ShouldBeEmpty($"never reached: {string.Join(", ", reached.CountBy(r => r))}");
    }

    private async Task CheckAsync(Decisions decisions)
    {
        var (work, peek) = (decisions.Below(5), decisions.Below(5));
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var hostile = await HostileEngine.StartAsync(
            MaxChangeBytes,
            DurableTool.External("ask", isAsync: true),
            DurableTool.Handled(
                "work",
                async (_, _) =>
                {
                    await Volatile.Read(ref gate).Task;
                    return Value(work);
                },
                isAsync: true
            ),
            DurableTool.Handled("peek", (_, _) => new(Value(peek))) with
            {
                IsReadOnly = true,
            }
        );
        for (var i = 0; i < 6; i++)
        {
            if (i > 0 && !decisions.OneIn(3))
            {
                Arm(hostile, decisions);
                Interlocked.Exchange(ref gate, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
            }

            var command = i == 0 ? new OpenCommand("open", new SessionSetup()) : Command(decisions, $"{i}");
            if (await hostile.SendAsync(command) is SessionReply.Refused { Reason: var reason })
            {
                reached.Add($"{reason}");
            }
        }

        gate.SetResult();
        await hostile.SettleAsync();
        hostile.Writes.ShouldBeLessThan(MaxWrites);
        await ShouldBeStableAsync(hostile);

        Disarm(hostile);
        var isOpen = await hostile.SummaryAsync() is { Status: not SessionStatus.Closed };
        if (decisions.OneIn(2))
        {
            (await hostile.SendAsync(new CancelCommand("cancel", "enough"))).ShouldSatisfyAllConditions(r =>
                (r is SessionReply.Refused { Reason: SessionRefusal.Stuck }).ShouldBeFalse()
            );
        }

        (await hostile.SendAsync(new CloseCommand("close")) is SessionReply.Accepted).ShouldBe(isOpen);
        await hostile.SettleAsync();
        (await hostile.SummaryAsync())?.Status.ShouldBe(SessionStatus.Closed);
        await TestTasks.UntilAsync(() => !isOpen || hostile.Engine.StuckSessions.Count == 0);
    }

    private async Task ShouldBeStableAsync(HostileEngine hostile)
    {
        if (hostile.Engine.StuckSessions.Count == 0 && await hostile.SummaryAsync() is { } summary)
        {
            summary.Status.ShouldNotBe(SessionStatus.Running);
            reached.Add($"{summary.Status}");
        }
    }

    /// <summary>Lets something fail at a later step.</summary>
    private static void Arm(HostileEngine hostile, Decisions decisions)
    {
        Disarm(hostile);
        var (skip, count) = (decisions.Below(3), decisions.Below(7));
        var often = decisions.Of<int>([count, 3, 3, 1_000]);
        Exception? Next(Exception failure) => skip-- > 0 || count-- <= 0 ? null : failure; // passes
        Exception? Stay(Exception failure) => skip-- > 0 || often-- <= 0 ? null : failure;
        switch (decisions.Below(8))
        {
            case 0:
                hostile.Write = () => Next(new SessionStoreException("the disk is full"));
                break;
            case 1:
                hostile.Write = () => Stay(new ChangeRefusedException("a NUL is in a text", null));
                break;
            case 2:
                hostile.Write = () => Stay(new InvalidCastException("a defect of the driver"));
                break;
            case 3 or 6:
                hostile.Mount = () => Stay(new NotImplementedException("a bug of the host"));
                break;
            case 4:
                hostile.Mount = () => Next(new IOException("the disk is away"));
                break;
            case 5:
                hostile.Time.Throw(skip, often);
                break;
        }
    }

    private static void Disarm(HostileEngine hostile)
    {
        hostile.Write = () => null;
        hostile.Mount = () => null;
        hostile.Time.Throw(0, 0);
    }

    private static SessionCommand Command(Decisions decisions, string id)
    {
        var call = (uint)decisions.Below(3);
        return decisions.Below(12) switch
        {
            0 => new AnswerCommand(id, 1, call, MontyAnswer.Return(Large(decisions))),
            1 => new AnswerCommand(id, 1, call, MontyAnswer.Raise("ValueError", new string('x', 5_000))),
            2 => new SignalCommand(id, "go", Large(decisions)),
            3 => new CancelCommand(id, new string('x', 1_000)),
            4 => new ReleaseCommand(id, decisions.OneIn(2)),
            5 => new FeedCommand(id, new string('#', 3_000 + decisions.Below(2_000))),
            8 => new FeedCommand(id, "x", [KeyValuePair.Create("x", Large(decisions))]),
            6 or 7 => new FeedCommand(id, "open('/work/a', 'w').write('x')"),
            9 => new FeedCommand(id, "await work()"),
            _ => new FeedCommand(id, decisions.Of<string>(Code)),
        };
    }

    private static MontyValue Large(Decisions decisions) => decisions.OneIn(3) ? 1 : new string('x', 3_000 + decisions.Below(2_000));

    private static MontyValue Value(int choice) =>
        choice switch
        {
            0 => throw new NotSupportedException("a bug of the tool"),
            1 => throw new PythonException("ValueError", new string('x', 5_000)),
            2 => new string('\ud800', 10),
            3 => new string('x', 5_000),
            _ => new string('x', 3_000),
        };
}
