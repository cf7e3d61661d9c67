using Monty.Interop;
using Shouldly;
using Xunit;
using MontyFunctionCall = Monty.Interop.MontyFunctionCall;
using MontyResolveFutures = Monty.Interop.MontyResolveFutures;

namespace Monty.Actors.Tests.Sessions;

/// <summary>Tests that a worker that sends an impossible message counts as one that died.</summary>
public sealed class HostileTurnTests
{
    private static readonly ToolCatalog Tools = new([new ToolSpec("fetch", CallKind.Handler, IsAsync: true)]);
    private static readonly TurnStep Fetch = new("", new MontyFunctionCall("fetch", [], [], 0, null), MontyAnswer.Future);
    private static readonly SessionState Running = SessionEvolver.Evolve(
        SessionState.None,
        [new SessionOpened("open", new SessionSetup()), new FeedStarted("feed", 1, "code", [], null)]
    );

    [Fact]
    public void A_call_that_is_made_twice_counts_as_a_crash() =>
        ShouldBeStrike(new TurnOutcome.Ran([Fetch, Fetch], "", new MontyResolveFutures([0])));

    [Fact]
    public void A_future_that_is_awaited_twice_at_once_counts_as_a_crash() =>
        ShouldBeStrike(new TurnOutcome.Ran([Fetch], "", new MontyResolveFutures([0, 0])));

    private static void ShouldBeStrike(TurnOutcome outcome)
    {
        var state = Running;
        for (var strike = 1; strike <= SessionDecider.MaxWorkerCrashes; strike++)
        {
            var facts = SessionDecider.ApplyTurnOutcome(state, outcome, Tools, DateTimeOffset.UnixEpoch).Events;
            facts[0].ShouldBeOfType<WorkerCrashed>();
            state = SessionEvolver.Evolve(state, facts);
        }

        state.Status.ShouldBe(SessionStatus.Quarantined);
    }
}
