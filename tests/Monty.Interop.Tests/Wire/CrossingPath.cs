using Google.Protobuf;
using Monty.Interop.Wire;

namespace Monty.Interop.Tests.Wire;

/// <summary>The ways to send a value into the sandbox. They differ in the number of messages that enclose the value.</summary>
public enum CrossingPath
{
    /// <summary>An input of a feed.</summary>
    Input,

    /// <summary>The answer to a call.</summary>
    CallAnswer,

    /// <summary>The answer to a name lookup.</summary>
    NameAnswer,

    /// <summary>The outcome of a future.</summary>
    FutureAnswer,

    /// <summary>The answer to a call of an asynchronous tool.</summary>
    AsyncCallAnswer,

    /// <summary>The outcome of such a call's future.</summary>
    AsyncFutureAnswer,
}

/// <summary>Sends a value into the sandbox and gets it back as the result of the feed.</summary>
internal static class Crossing
{
    private static readonly FeedOptions Tools = new() { Tools = [MontyTool.Async("tool", (_, _) => new(MontyValue.None))] };

    public static async Task<MontyProgress> SendAsync(MontySession session, CrossingPath path, MontyValue value)
    {
        switch (path)
        {
            case CrossingPath.Input:
                return await session.StartAsync("x", new FeedOptions { Inputs = new Dictionary<string, MontyValue> { ["x"] = value } });
            case CrossingPath.CallAnswer:
                return await AnswerAsync("get()", MontyAnswer.Return(value));
            case CrossingPath.NameAnswer:
                return await AnswerAsync("unknown_name", MontyAnswer.Return(value));
            case CrossingPath.AsyncCallAnswer:
                return await AnswerAsync("await tool()", MontyAnswer.Return(value));
            case CrossingPath.FutureAnswer:
                return await ResolveAsync("await get()");
            default:
                return await ResolveAsync("await tool()");
        }

        async Task<MontyProgress> AnswerAsync(string code, MontyAnswer answer) =>
            await session.AnswerAsync((MontySuspension)await session.StartAsync(code, Tools), answer);

        async Task<MontyProgress> ResolveAsync(string code)
        {
            var waiting = (MontyResolveFutures)await AnswerAsync(code, MontyAnswer.Future);
            return await session.AnswerAsync(waiting, Resolve(value));
        }
    }

    /// <summary>Returns the request that sends a value, without the client's check of its depth.</summary>
    public static ParentRequest EncodeUnchecked(CrossingPath path, MontyValue value)
    {
        const int NoDepth = -10_000;
        var isAsync = path is CrossingPath.AsyncCallAnswer or CrossingPath.AsyncFutureAnswer;
        var encoded = ValueEncoder.Encode(isAsync ? new MontyTuple([true, value]) : value, NoDepth);
        return path switch
        {
            CrossingPath.Input => new ParentRequest
            {
                Feed = new Feed
                {
                    Code = "x",
                    Inputs =
                    {
                        new NamedValue { Name = "x", Value = encoded },
                    },
                },
            },
            CrossingPath.CallAnswer or CrossingPath.AsyncCallAnswer => new ParentRequest
            {
                ResumeCall = new ResumeCall { Result = new ExtFunctionResult { ReturnValue = encoded } },
            },
            CrossingPath.NameAnswer => new ParentRequest { ResumeNameLookup = new ResumeNameLookup { Value = encoded } },
            _ => new ParentRequest
            {
                ResumeFutures = new ResumeFutures
                {
                    Results = { new FutureResult { Result = new ExtFunctionResult { ReturnValue = encoded } } },
                },
            },
        };
    }

    private static MontyAnswer Resolve(MontyValue value) =>
        MontyAnswer.Resolve(new Dictionary<uint, MontyAnswer> { [0] = MontyAnswer.Return(value) });
}
