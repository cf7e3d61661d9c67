using System.Runtime.Versioning;
using Monty.Testing;
using Shouldly;
using Xunit;

namespace Monty.Interop.Tests.Sessions;

/// <summary>Answers that cannot cross are the script's to see: they must not leave the feed stuck.</summary>
[SupportedOSPlatform("linux")]
public sealed class RefusedAnswerTests
{
    [LinuxFact]
    public async Task A_refusal_that_quotes_half_a_character_reaches_the_script()
    {
        var name = string.Concat(Enumerable.Repeat("\U00020000", 60)); // the quote is cut in the middle of a pair
        using var pool = new MontyPool();
        using var session = await pool.OpenSessionAsync().InTime();
        var echo = MontyTool.Sync("echo", call => call.Arguments[0]);

        var result = await session
            .FeedAsync(
                $"def {name}(): pass\ntry:\n    echo({name})\nexcept TypeError as error:\n    r = str(error)\nr",
                new FeedOptions { Tools = [echo] }
            )
            .InTime();

        result.Value.ShouldBeOfType<MontyStr>().Value.ShouldContain("left the sandbox as text only");
    }
}
