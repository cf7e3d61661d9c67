using Shouldly;
using Xunit;

namespace Monty.Actors.Tests;

public sealed class SessionIdTests
{
    [Theory]
    [InlineData("acme")]
    [InlineData("A-z.0_9~:@")]
    [InlineData("...")]
    [InlineData(".hidden")]
    public void A_part_may_contain_the_documented_characters(string part)
    {
        SessionId.IsValidPart(part).ShouldBeTrue();
        new SessionId(part, part).ToString().ShouldBe($"{part}/{part}");
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("a/b")]
    [InlineData("a b")]
    [InlineData("ä")]
    public void A_part_that_could_refer_to_another_folder_or_contains_another_character_is_refused(string part)
    {
        SessionId.IsValidPart(part).ShouldBeFalse();
        Should
            .Throw<ArgumentException>(() => new SessionId(part, "trip"))
            .Message.ShouldStartWith(
                "The tenant cannot be used: a tenant must be 1 to 128 ASCII letters, digits or -._~:@, and not '.' or '..'."
            );
        Should
            .Throw<ArgumentException>(() => new SessionId("acme", part))
            .Message.ShouldStartWith(
                "The name cannot be used: a name must be 1 to 128 ASCII letters, digits or -._~:@, and not '.' or '..'."
            );
        SessionFork.Check(new ForkCommand("fork", part)).ShouldNotBeNull().Message.ShouldContain("and not '.' or '..'");
    }
}
