using Monty.Interop.Wire;
using Shouldly;
using Xunit;

namespace Monty.Interop.Tests.Wire;

/// <summary>Answers to very many calls at once are encoded, or refused, in one pass (the benchmark <c>micro FuturesBenchmarks</c> shows the time).</summary>
public sealed class AnswerEncoderTests
{
    private static readonly uint[] Many = [.. Enumerable.Range(0, 200_000).Select(id => (uint)id)];

    [Fact]
    public void The_outcomes_of_all_calls_are_sent_in_the_order_of_their_ids()
    {
        var outcomes = Many.Reverse().ToDictionary(id => id, id => MontyAnswer.Return(id));

        var request = AnswerEncoder.Encode(new MontyResolveFutures(Many.ToEquatableArray()), MontyAnswer.Resolve(outcomes));

        request.ResumeFutures.Results.Select(r => r.CallId).ShouldBe(Many);
    }

    [Fact]
    public void An_outcome_for_a_call_that_is_not_pending_is_refused_with_a_short_message()
    {
        var outcomes = Many.ToDictionary(id => id, _ => MontyAnswer.Return(1));
        var waiting = new MontyResolveFutures(Many[..^1].ToEquatableArray());

        var refused = Should.Throw<ArgumentException>(() => AnswerEncoder.Encode(waiting, MontyAnswer.Resolve(outcomes)));

        refused.Message.ShouldBe(
            "The futures cannot be resolved: call 199999 is not pending, and the runtime would end the feed. The pending calls are 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 and 199989 more."
        );
    }
}
