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
    public void What_fits_is_kept(int most, bool truncated, params string[] printed)
    {
        var prints = new CollectedPrints(most);

        foreach (var text in printed)
        {
            prints.Add(text);
        }

        prints.ToString().ShouldBe(string.Concat(printed)[..Math.Min(most, string.Concat(printed).Length)]);
        prints.AreTruncated.ShouldBe(truncated);
    }

    [Fact]
    public void A_character_is_kept_whole_or_not_at_all()
    {
        var prints = new CollectedPrints(3);

        prints.Add("ab🙂");
        prints.Add("c");

        prints.ToString().ShouldBe("ab");
        prints.AreTruncated.ShouldBeTrue();
    }
}
