using Akka.Actor;
using Akka.Event;
using Akka.TestKit;
using Monty.Interop;
using Monty.Testing;
using Monty.Testing.Engine;
using Shouldly;
using Xunit;

namespace Monty.Actors.TestKit.Tests;

/// <summary>Tests that no message is lost in normal operation. Every dead letter is a fault.</summary>
public sealed class DeadLetterTests
{
    [Fact]
    public async Task Work_passivation_and_stop_leave_no_dead_letter()
    {
        var letters = new System.Collections.Concurrent.ConcurrentQueue<string>();
        var store = new MemoryStore();
        var options = new MontyEngineOptions
        {
            Store = store,
            Tools = [DurableTool.Handled("work", (_, _) => new ValueTask<MontyValue>(1)), DurableTool.External("approve")],
        };
        var engine = await MontyEngine.StartAsync(options);
        var listener = engine.System.ActorOf(Props.Create(() => new Listener(letters)));
        engine.System.EventStream.Subscribe(listener, typeof(AllDeadLetters));

        var sessions = Enumerable.Range(0, 20).Select(i => new SessionId("tenant", $"s{i}")).ToList();
        await Task.WhenAll(sessions.Select(s => RunAsync(engine, s))).InTime();
        await Task.WhenAll(sessions.Select(s => engine.PassivateAsync(s))).InTime();
        await Task.WhenAll(sessions.Select(s => engine.SendAsync(s, new SignalCommand("late", "name", 1)))).InTime();
        await engine.DisposeAsync().AsTask().InTime();

        letters.ShouldBeEmpty();
    }

    private static async Task RunAsync(MontyEngine engine, SessionId session)
    {
        (await engine.RunAsync(session, "work() + work()")).ShouldBeOfType<FeedOutcome.Completed>();
        await engine.SendAsync(session, new FeedCommand("ask", "approve()"));
        var asked = (CallAnnounced)await engine.EventAsync(session, e => e is CallAnnounced { Kind: CallKind.External });
        await engine.SendAsync(session, new AnswerCommand("answer", 2, ((MontyFunctionCall)asked.Call).CallId, MontyAnswer.Return(1)));
        (await engine.WaitAsync(session, "ask")).ShouldBeOfType<FeedOutcome.Completed>();
        await engine.SendAsync(session, new FeedCommand("sleep", "await sleep(1000)"));
        await engine.SendAsync(session, new CancelCommand("cancel", "enough"));
        (await engine.WaitAsync(session, "sleep")).ShouldBeOfType<FeedOutcome.Cancelled>();
    }

    private sealed class Listener : ReceiveActor
    {
        public Listener(System.Collections.Concurrent.ConcurrentQueue<string> letters) =>
            Receive<AllDeadLetters>(letter =>
            {
                if (letter.Message is not IDeadLetterSuppression)
                {
                    letters.Enqueue($"{letter.Message} to {letter.Recipient}");
                }
            });
    }
}
