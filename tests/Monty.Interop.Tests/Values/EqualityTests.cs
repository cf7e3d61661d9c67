using Shouldly;
using Xunit;

namespace Monty.Interop.Tests.Values;

public sealed class EqualityTests
{
    [Fact]
    public void Sets_are_equal_whatever_the_order_and_the_repetitions()
    {
        var left = new MontySet([1, 1, "a"]);
        var right = new MontySet(["a", 1, "a"]);

        left.ShouldBe(right);
        left.GetHashCode().ShouldBe(right.GetHashCode());
        left.ShouldNotBe(new MontySet([1]));
        left.Equals(new MontyFrozenSet([1, "a"])).ShouldBeFalse();
    }

    [Fact]
    public void Frozensets_nested_deeply_hash_in_linear_time()
    {
        MontyValue left = 1, right = 1;
        for (var i = 0; i < 200; i++) (left, right) = (new MontyFrozenSet([left]), new MontyFrozenSet([right]));

        left.GetHashCode().ShouldBe(right.GetHashCode());
        left.Equals(right).ShouldBeTrue();
    }

    [Fact]
    public void Comparing_values_too_deep_for_the_stack_is_an_exception_and_not_the_end_of_the_process()
    {
        MontyValue left = 1, right = 1;
        for (var i = 0; i < 200_000; i++) (left, right) = (new MontyList([left]), new MontyList([right]));

        Should.Throw<InsufficientExecutionStackException>(() => left.Equals(right));
        Should.Throw<InsufficientExecutionStackException>(() => left.GetHashCode());
    }
}
