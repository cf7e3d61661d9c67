using Monty.Host.Cli.Output;
using Shouldly;
using Xunit;

namespace Monty.Host.Tests.Cli;

public sealed class CollectedPrintsTests
{
    [Theory]
    [InlineData(10, false, "one", "two")]
    [InlineData(6, false, "one", "two")]
    [InlineData(5, true, "one", "two")]
    [InlineData(3, true, "one", "two", "x")]
    public void Text_is_kept_up_to_the_maximum_length(int maxLength, bool truncated, params string[] printed)
    {
        var prints = new CollectedPrints(maxLength);

        foreach (var text in printed)
        {
            prints.Add(text);
        }

        prints.ToString().ShouldBe(string.Concat(printed)[..Math.Min(maxLength, string.Concat(printed).Length)]);
        prints.AreTruncated.ShouldBe(truncated);
    }

    [Fact]
    public void A_surrogate_pair_is_not_split()
    {
        var prints = new CollectedPrints(3);

        prints.Add("ab🙂");
        prints.Add("c");

        prints.ToString().ShouldBe("ab");
        prints.AreTruncated.ShouldBeTrue();
    }
}
