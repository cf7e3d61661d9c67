using Monty.Testing;
using Shouldly;
using Xunit;

namespace Monty.Interop.Tests.Sessions;

/// <summary>What says that it can be sent is taken; what does not says what is wrong.</summary>
public sealed class SendableTests(RuntimeFixture runtime) : IClassFixture<RuntimeFixture>
{
    public static TheoryData<MontyAnswer, string?> Answers =>
        new()
        {
            { MontyAnswer.Return(1), null },
            { MontyAnswer.Return(Nested(47)), null },
            { MontyAnswer.Return(Nested(48)), "nested too deeply" },
            { MontyAnswer.Return("\ud800"), "The str holds a lone surrogate" },
            { MontyAnswer.Return(new MontyBuiltin("nope")), "does not know the builtin function 'nope'" },
            { MontyAnswer.Return(null!), "A value is null" },
            { MontyAnswer.Raise("KeyError"), null },
            { MontyAnswer.Raise("NopeError"), "does not know the exception type 'NopeError'" },
            { MontyAnswer.Raise("KeyError", "\ud800"), "The message of an exception holds a lone surrogate" },
            { MontyAnswer.NotFound, null },
            { MontyAnswer.NotHandled, null },
            { MontyAnswer.Future, null },
            { Resolve(MontyAnswer.Return(1)), null },
            { Resolve(MontyAnswer.Return(new MontyRepr("r"))), "The outcome of call 3 cannot be sent: r left the sandbox as text only" },
            { Resolve(MontyAnswer.Future), "The outcome of call 3 is neither Return, Raise nor NotFound" },
        };

    [Theory]
    [MemberData(nameof(Answers), DisableDiscoveryEnumeration = true)]
    public void An_answer_says_whether_it_can_be_sent(MontyAnswer answer, string? expected)
    {
        answer.IsSendable(out var reason).ShouldBe(expected is null);
        (reason ?? "").ShouldContain(expected ?? "");
    }

    [Theory]
    [MemberData(nameof(Answers), DisableDiscoveryEnumeration = true)]
    public async Task What_can_be_sent_is_taken_at_every_call(MontyAnswer answer, string? expected)
    {
        using var session = await runtime.OpenAsync();
        foreach (var code in new[] { "get()", "await get()", "await tool()" })
        {
            var feed = new FeedOptions { Tools = [MontyTool.Async("tool", (_, _) => default)] };
            var progress = await session.StartAsync($"try:\n    {code}\nexcept Exception:\n    pass", feed).InTime();
            if (code != "get()")
            {
                progress = await session.AnswerAsync((MontySuspension)progress, MontyAnswer.Future).InTime();
            }

            var given = code == "get()" ? answer : MontyAnswer.Resolve(new Dictionary<uint, MontyAnswer> { [0] = answer });
            if (expected is null && answer is ReturnAnswer or RaiseAnswer)
            {
                (await session.AnswerAsync((MontySuspension)progress, given).InTime()).ShouldBeOfType<MontyComplete>();
            }

            await session.ResetAsync(TestContext.Current.CancellationToken);
        }
    }

    public static TheoryData<TurnRequest, string?> Requests =>
        new()
        {
            { new FeedTurn("1"), null },
            { new FeedTurn("1", Input("x", 1)), null },
            { new FeedTurn(null!), "The code is null" },
            { new FeedTurn("\ud800"), "The code holds a lone surrogate" },
            { new FeedTurn("1", Input("class", 1)), "The input name 'class' is no Python identifier" },
            { new FeedTurn("1", Input("x", new MontyRepr("r"))), "The input 'x' cannot be sent: r left the sandbox" },
            { new AnswerTurn(new MontyNameLookup("x"), MontyAnswer.Return(1)), null },
            { new AnswerTurn(new MontyNameLookup("x"), MontyAnswer.Future), "Future does not answer a name lookup" },
            { new AbortTurn(new PythonError("KeyError")), null },
            { new AbortTurn(new PythonError("NopeError")), "does not know the exception type 'NopeError'" },
        };

    [Theory]
    [MemberData(nameof(Requests), DisableDiscoveryEnumeration = true)]
    public void A_request_says_whether_it_can_be_sent(TurnRequest request, string? expected)
    {
        request.IsSendable(out var reason).ShouldBe(expected is null);
        (reason ?? "").ShouldContain(expected ?? "");
    }

    private static MontyValue Nested(int lists)
    {
        MontyValue value = 1;
        for (; lists > 0; lists--)
        {
            value = new MontyList([value]);
        }

        return value;
    }

    private static MontyAnswer Resolve(MontyAnswer outcome) => MontyAnswer.Resolve(new Dictionary<uint, MontyAnswer> { [3] = outcome });

    private static Dictionary<string, MontyValue> Input(string name, MontyValue value) => new() { [name] = value };
}
