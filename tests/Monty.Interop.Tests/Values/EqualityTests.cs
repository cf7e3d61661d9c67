using Shouldly;
using Xunit;

namespace Monty.Interop.Tests.Values;

public sealed class EqualityTests
{
    [Fact]
    public void Equality_of_sets_ignores_order_and_repetitions()
    {
        var left = new MontySet([1, 1, "a"]);
        var right = new MontySet(["a", 1, "a"]);

        left.ShouldBe(right);
        left.GetHashCode().ShouldBe(right.GetHashCode());
        left.ShouldNotBe(new MontySet([1]));
        left.Equals(new MontyFrozenSet([1, "a"])).ShouldBeFalse();
    }

    [Fact]
    public void Equality_of_dicts_and_named_tuples_takes_order_into_account()
    {
        var dict = new MontyDict([new("a", 1), new(2, "b")]);
        dict.ShouldBe(new MontyDict([new("a", 1), new(2, "b")]));
        dict.GetHashCode().ShouldBe(new MontyDict([new("a", 1), new(2, "b")]).GetHashCode());
        dict.ShouldNotBe(new MontyDict([new(2, "b"), new("a", 1)]));
        dict.ShouldNotBe(new MontyDict([new("a", 1)]));

        var named = new MontyNamedTuple("P", [new("x", 1)]);
        named.ShouldBe(new MontyNamedTuple("P", [new("x", 1)]));
        named.GetHashCode().ShouldBe(new MontyNamedTuple("P", [new("x", 1)]).GetHashCode());
        named.ShouldNotBe(new MontyNamedTuple("Q", [new("x", 1)]));
        named.ShouldNotBe(new MontyNamedTuple("P", [new("y", 1)]));
    }

    [Fact]
    public void Deeply_nested_frozensets_are_hashed_and_compared_in_linear_time()
    {
        MontyValue left = 1,
            right = 1;
        for (var i = 0; i < 200; i++)
        {
            left = new MontyFrozenSet([left]);
            right = new MontyFrozenSet([right]);
        }

        left.GetHashCode().ShouldBe(right.GetHashCode());
        left.Equals(right).ShouldBeTrue();
    }

    [Fact]
    public void Comparing_values_that_are_too_deep_for_the_stack_throws_instead_of_ending_the_process()
    {
        MontyValue left = 1,
            right = 1;
        for (var i = 0; i < 200_000; i++)
        {
            left = new MontyList([left]);
            right = new MontyList([right]);
        }

        Should.Throw<InsufficientExecutionStackException>(() => left.Equals(right));
        Should.Throw<InsufficientExecutionStackException>(() => left.GetHashCode());

        for (var i = 0; i < 200_000; i++)
        {
            left = new MontyDict([new("a", left)]);
            right = new MontyDict([new("a", right)]);
        }

        Should.Throw<InsufficientExecutionStackException>(() => left.Equals(right));
        Should.Throw<InsufficientExecutionStackException>(() => left.GetHashCode());
    }
}
