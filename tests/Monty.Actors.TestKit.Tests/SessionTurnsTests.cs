using Monty.Actors.Actors;
using Monty.Actors.Turns;
using Monty.Interop;
using Monty.Testing;
using Shouldly;
using Xunit;

namespace Monty.Actors.TestKit.Tests;

/// <summary>Tests that the interpreter of a session returns its worker, on the real runtime.</summary>
public sealed class SessionTurnsTests : ActorTest
{
    [Fact]
    public async Task The_worker_of_a_turn_that_ended_without_its_session_is_returned()
    {
        var settings = CreateSettings(options => options with { Tools = [DurableTool.Handled("work", (_, _) => new(1))] });
        using var files = new SessionFiles(Id, settings.Options);
        var state = SessionEvolver.Evolve(
            SessionState.None,
            [new SessionOpened("open", new SessionSetup()), new FeedStarted("feed", 1, "work() + work()", [], null)]
        );
        var turns = new SessionTurns(Id, settings, files);
        var first = await turns.RunAsync(state, 1, gate: null, CancellationToken.None).InTime();
        turns.Keep(first, 1);
        state = SessionEvolver.Evolve(
            state,
            SessionDecider.ApplyTurnOutcome(state, first.Outcome, settings.Tools.Catalog, Time.GetUtcNow()).Events
        );
        state = SessionEvolver.Evolve(state, new CallAnswered("", 0, MontyAnswer.Return(1)));
        var second = await turns.RunAsync(state, 2, gate: null, CancellationToken.None).InTime();
        second.Kept.ShouldNotBeNull();

        turns.Dispose();

        await TestTasks.UntilAsync(() => Workers.Live == Workers.Idle);
    }
}
