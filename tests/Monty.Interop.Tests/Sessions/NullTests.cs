using Shouldly;
using Xunit;

namespace Monty.Interop.Tests.Sessions;

/// <summary>Null where none is meant is refused where it is given, not where it is used.</summary>
public sealed class NullTests
{
    [Fact]
    public void Tools_are_never_null() =>
        Should.Throw<ArgumentNullException>(() => new FeedOptions { Tools = null! }).ParamName.ShouldBe("Tools");

    [Fact]
    public void No_tool_is_null() =>
        Should.Throw<ArgumentNullException>(() => new FeedOptions { Tools = [null!] }).ParamName.ShouldBe("Tools");

    [Fact]
    public void An_answer_that_raises_has_an_error() =>
        Should.Throw<ArgumentNullException>(() => MontyAnswer.Raise((PythonError)null!)).ParamName.ShouldBe("error");

    [Fact]
    public void An_answer_that_resolves_has_outcomes() =>
        Should.Throw<ArgumentNullException>(() => MontyAnswer.Resolve(null!)).ParamName.ShouldBe("outcomes");

    [Fact]
    public void A_stateless_turn_has_a_set_up() =>
        Should.Throw<ArgumentNullException>(() => new TurnOptions { Session = null! }).ParamName.ShouldBe("Session");
}
