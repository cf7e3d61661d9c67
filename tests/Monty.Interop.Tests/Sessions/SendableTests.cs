using Monty.Testing;
using Shouldly;
using Xunit;

namespace Monty.Interop.Tests.Sessions;

/// <summary>Answers and requests that are reported as sendable are accepted, and all others come with the reason.</summary>
public sealed class SendableTests(RuntimeFixture runtime) : IClassFixture<RuntimeFixture>
{
    public static TheoryData<MontyAnswer, string?> Answers =>
        new()
        {
            { MontyAnswer.Return(1), null },
            { MontyAnswer.Return(Nested(47)), null },
            { MontyAnswer.Return(Nested(48)), "nested too deeply" },
            { MontyAnswer.Return("\ud800"), "The str contains a lone surrogate" },
            { MontyAnswer.Return(new MontyBuiltin("nope")), "does not know the builtin function 'nope'" },
            { MontyAnswer.Return(null!), "A value is null" },
            { MontyAnswer.Raise("KeyError"), null },
            { MontyAnswer.Raise("NopeError"), "does not know the exception type 'NopeError'" },
            { MontyAnswer.Raise("KeyError", "\ud800"), "The message of an exception contains a lone surrogate" },
            { MontyAnswer.NotFound, null },
            { MontyAnswer.NotHandled, null },
            { MontyAnswer.Future, null },
            { Resolve(MontyAnswer.Return(1)), null },
            { Resolve(MontyAnswer.Return(new MontyRepr("r"))), "The outcome of call 3 cannot be sent: The value r has only a repr" },
            { Resolve(MontyAnswer.Future), "The outcome of call 3 is not Return, Raise or NotFound" },
        };

    [Theory]
    [MemberData(nameof(Answers), DisableDiscoveryEnumeration = true)]
    public void IsSendable_tells_if_an_answer_can_be_sent(MontyAnswer answer, string? expected)
    {
        answer.IsSendable(out var reason).ShouldBe(expected is null);
        (reason ?? "").ShouldContain(expected ?? "");
    }

    [Theory]
    [MemberData(nameof(Answers), DisableDiscoveryEnumeration = true)]
    public async Task An_answer_that_can_be_sent_is_accepted_at_every_call(MontyAnswer answer, string? expected)
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
            { new FeedTurn("\ud800"), "The code contains a lone surrogate" },
            { new FeedTurn("1", Input("class", 1)), "The input name 'class' is not a Python identifier" },
            { new FeedTurn("1", Input("x", new MontyRepr("r"))), "The input 'x' cannot be sent: The value r has only a repr" },
            { new AnswerTurn(new MontyNameLookup("x"), MontyAnswer.Return(1)), null },
            { new AnswerTurn(new MontyNameLookup("x"), MontyAnswer.Future), "The answer Future is not possible for a name lookup" },
            { new AbortTurn(new PythonError("KeyError")), null },
            { new AbortTurn(new PythonError("NopeError")), "does not know the exception type 'NopeError'" },
        };

    [Theory]
    [MemberData(nameof(Requests), DisableDiscoveryEnumeration = true)]
    public void IsSendable_tells_if_a_request_can_be_sent(TurnRequest request, string? expected)
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
