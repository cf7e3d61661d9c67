using System.Runtime.Versioning;
using Monty.Testing;
using Shouldly;
using Xunit;

namespace Monty.Interop.Tests.Sessions;

/// <summary>An answer that cannot be sent raises an error in the script. It must not leave the feed suspended.</summary>
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

        result.Value.ShouldBeOfType<MontyStr>().Value.ShouldContain("has only a repr");
    }

    [LinuxFact]
    public async Task A_name_that_the_runtime_does_not_know_is_an_error_at_the_call()
    {
        using var pool = new MontyPool();
        using var session = await pool.OpenSessionAsync().InTime();
        MontyValue[] unknown =
        [
            new MontyBuiltin("nope"),
            new MontyList([new MontyType("Nope", MontyTypeOrigin.Builtin)]),
            new MontyExceptionObject("NopeError"),
            new MontyFileHandle("/a", "r+"),
        ];
        MontyTool[] tools =
        [
            MontyTool.Sync("get", call => unknown[(int)call.Arguments[0].AsInt64()]),
            MontyTool.Async(
                "fetch",
                async (call, _) =>
                {
                    await Task.Yield();
                    return unknown[(int)call.Arguments[0].AsInt64()];
                }
            ),
        ];

        var result = await session
            .FeedAsync(
                """
                r = []
                for i in range(4):
                    try:
                        get(i)
                    except TypeError as error:
                        r.append(str(error))
                    try:
                        await fetch(i)
                    except TypeError as error:
                        r.append(str(error))
                r
                """,
                new FeedOptions { Tools = tools }
            )
            .InTime();

        var errors = ((MontyList)result.Value).Items;
        errors.Count.ShouldBe(8);
        errors.ShouldAllBe(e => e.AsString().StartsWith("the host's answer cannot be sent: The ", StringComparison.Ordinal));
    }

    [LinuxTheory]
    [InlineData("get()")]
    [InlineData("name")]
    [InlineData("await fetch()")]
    public async Task An_answer_that_only_the_runtime_refuses_raises_an_error_at_the_call_too(string expression)
    {
        using var wrapped = WrappedRuntime.WithoutLen();
        using var pool = new MontyPool(new MontyPoolOptions { RuntimePath = wrapped.Path });
        using var session = await pool.OpenSessionAsync().InTime();

        var result = await session
            .FeedAsync(
                $"try:\n    {expression}\nexcept TypeError as error:\n    r = str(error)\nr",
                new FeedOptions
                {
                    Tools = [MontyTool.Sync("get", _ => new MontyBuiltin("len")), LaterTool("fetch", _ => new MontyBuiltin("len"))],
                    Names = new Dictionary<string, MontyValue> { ["name"] = new MontyBuiltin("len") },
                }
            )
            .InTime();

        result.Value.AsString().ShouldStartWith("the host's answer cannot be sent: malformed request: ");
        result.Value.AsString().ShouldNotContain("still waits");
    }

    [LinuxFact]
    public async Task One_outcome_that_only_the_runtime_refuses_does_not_change_the_others()
    {
        using var wrapped = WrappedRuntime.WithoutLen();
        using var pool = new MontyPool(new MontyPoolOptions { RuntimePath = wrapped.Path });
        using var session = await pool.OpenSessionAsync().InTime();
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var asked = 0;
        var fetch = MontyTool.Async(
            "fetch",
            async (call, _) =>
            {
                if (Interlocked.Increment(ref asked) == 9)
                {
                    release.SetResult();
                }

                await release.Task;
                return call.Arguments[0] == 6 ? new MontyBuiltin("len") : call.Arguments[0];
            }
        );

        var result = await session
            .FeedAsync(
                """
                import asyncio
                async def one(n):
                    try:
                        return await fetch(n)
                    except TypeError:
                        return 'refused'
                await asyncio.gather(*[one(n) for n in range(9)])
                """,
                new FeedOptions { Tools = [fetch] }
            )
            .InTime();

        result.Value.ToString().ShouldBe("[0, 1, 2, 3, 4, 5, 'refused', 7, 8]");
    }

    private static MontyTool LaterTool(string name, Func<MontyFunctionCall, MontyValue> handler) =>
        MontyTool.Async(
            name,
            async (call, _) =>
            {
                await Task.Yield();
                return handler(call);
            }
        );
}
