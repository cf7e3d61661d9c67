using Monty.Interop.Wire;
using Monty.Testing;
using Shouldly;
using Xunit;

namespace Monty.Interop.Tests.Sizes;

/// <summary>A request that is too large for a frame is refused before anything is sent, and the session is unchanged.</summary>
[Collection(LargeValues.Name)]
public sealed class LargeRequestTests(RuntimeFixture runtime) : LargeValueTest, IClassFixture<RuntimeFixture>
{
    private readonly MontyValue hundred = new string('x', 100_000_000);

    [Fact]
    public async Task Inputs_that_are_too_large_together_are_refused_and_the_session_accepts_another_feed()
    {
        using var session = await runtime.OpenAsync();
        var inputs = new Dictionary<string, MontyValue> { ["small"] = 1, ["large"] = new MontyList([hundred, hundred, hundred]) };

        var refused = Allocations.OfRefusal(() =>
            session.StartAsync("1", new FeedOptions { Inputs = inputs }).AsTask().GetAwaiter().GetResult()
        );

        (refused.Size, refused.Limit).ShouldBe((300_000_077, FrameParser.MaxBodyBytes));
        new FeedTurn("1", inputs).IsSendable(out var reason).ShouldBeFalse();
        reason.ShouldBe(refused.Message);
        refused.Message.ShouldBe(
            "The feed, whose largest part is the input 'large', cannot be sent to the worker: it takes 300000077 bytes, and the limit is 268435456. "
                + "Send the data in smaller pieces, in several feeds or calls."
        );
        (await session.FeedAsync("1 + 1").InTime()).Value.ShouldBe(2);
    }

    [Fact]
    public async Task Code_that_is_too_large_is_refused_and_the_session_accepts_another_feed()
    {
        using var session = await runtime.OpenAsync();
        var code = "# " + new string('日', 100_000_000);

        Allocations
            .OfRefusal(() => session.StartAsync(code).AsTask().GetAwaiter().GetResult())
            .Message.ShouldStartWith("The feed, whose largest part is the code, cannot be sent to the worker: it takes 300000014 bytes");
        var check = new TypeCheckOptions { Limits = new TypeCheckLimits { MaxCodeLength = int.MaxValue } };
        Allocations.OfRefusal(() => runtime.Pool.CheckTypesAsync(code, check).GetAwaiter().GetResult());

        (await session.FeedAsync("1 + 1").InTime()).Value.ShouldBe(2);
    }

    [Fact]
    public async Task A_value_that_contains_the_same_tuple_many_times_is_refused_without_counting_all_of_it()
    {
        MontyValue value = new string('x', 1_000_000);
        for (var i = 0; i < 45; i++)
        {
            value = new MontyTuple([value, value]);
        }

        using var session = await runtime.OpenAsync();

        Allocations
            .OfRefusal(() =>
                session
                    .StartAsync("1", new FeedOptions { Inputs = new Dictionary<string, MontyValue> { ["x"] = value } })
                    .AsTask()
                    .GetAwaiter()
                    .GetResult()
            )
            .Message.ShouldContain("takes over 4294967296 bytes");
    }

    [Fact]
    public async Task A_suspension_can_be_answered_again_after_an_answer_that_was_too_large()
    {
        using var session = await runtime.OpenAsync();
        var call = (MontySuspension)await session.StartAsync("get()").InTime();
        MontyAnswer[] answers =
        [
            MontyAnswer.Return(new MontyList([hundred, hundred, hundred])),
            MontyAnswer.Raise("ValueError", new string('日', 100_000_000)),
        ];

        foreach (var answer in answers)
        {
            Allocations
                .OfRefusal(() => session.AnswerAsync(call, answer).AsTask().GetAwaiter().GetResult())
                .Message.ShouldStartWith("The answer cannot be sent to the worker: it takes 3000000");
        }

        (await session.AnswerAsync(call, MontyAnswer.Return(42)).InTime()).ShouldBeOfType<MontyComplete>().Value.ShouldBe(42);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_tool_result_that_is_too_large_raises_an_error_that_the_script_can_catch(bool isAsync)
    {
        var large = new MontyList([hundred, hundred, hundred]);
        var tool = isAsync
            ? MontyTool.Async(
                "get",
                async (_, _) =>
                {
                    await Task.Yield();
                    return large;
                }
            )
            : MontyTool.Sync("get", _ => large);
        using var session = await runtime.OpenAsync();

        var result = await session
            .FeedAsync(
                $"try:\n    r = {(isAsync ? "await " : "")}get()\nexcept TypeError as error:\n    r = str(error)\nr",
                new FeedOptions { Tools = [tool] }
            )
            .InTime();

        result
            .Value.AsString()
            .ShouldStartWith("the host's answer cannot be sent: The answer cannot be sent to the worker: it takes 3000000");
    }

    [Fact]
    public async Task Two_answers_that_do_not_fit_into_one_frame_together_both_arrive()
    {
        MontyValue half = new string('x', 135_000_000);
        var (started, both) = (0, new TaskCompletionSource());
        var tool = MontyTool.Async(
            "get",
            async (_, _) =>
            {
                if (Interlocked.Increment(ref started) == 2)
                {
                    both.SetResult();
                }

                await both.Task;
                return half;
            }
        );
        using var session = await runtime.OpenAsync();

        var result = await session
            .FeedAsync(
                "import asyncio\nasync def size():\n    return len(await get())\nawait asyncio.gather(size(), size())",
                new FeedOptions { Tools = [tool] }
            )
            .InTime();

        result.Value.ShouldBe(new MontyList([135_000_000, 135_000_000]));
    }

    [Fact]
    public void Bytes_and_collections_that_are_too_large_for_a_worker_are_not_copied()
    {
        var bytes = new byte[FrameParser.MaxBodyBytes + 1];
        var items = new bool[(FrameParser.MaxBodyBytes / 4) + 1];

        Allocations.OfRefusal(() => MontyValue.From(bytes)).Size.ShouldBe(bytes.Length);
        Allocations
            .OfRefusal(() => MontyValue.From(new Dictionary<string, object> { ["a"] = bytes.AsMemory() }))
            .Message.ShouldContain("the value at $.a takes ");
        Allocations.OfRefusal(() => MontyValue.From(items)).Message.ShouldContain("67108865 items");
    }
}
