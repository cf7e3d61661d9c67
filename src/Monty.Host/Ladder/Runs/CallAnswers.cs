using Monty.Host.Ladder.Fixtures;
using Monty.Interop;

namespace Monty.Host.Ladder.Runs;

/// <summary>The answers of <c>resumeValues</c> and <c>resumeErrors</c>: one queue for all calls of the session.</summary>
internal sealed class CallAnswers(HostScript script)
{
    private int used;

    /// <summary>What was never used; null when nothing is left.</summary>
    public string? Left
    {
        get
        {
            var left = Math.Max(script.Values.Count, script.Errors.Count) - used;
            return left > 0 ? $"{left} of the answers to calls left over: the script made {used} calls" : null;
        }
    }

    public Reply Next(MontyFunctionCall call)
    {
        var index = used++;
        if (index < script.Errors.Count && script.Errors[index] is { } error)
        {
            return Reply.From(MontyAnswer.Raise(error));
        }

        return index < script.Values.Count
            ? Reply.From(MontyAnswer.Return(script.Values[index]))
            : Reply.Stuck($"there is no answer to call {index + 1}, {call.Display()}");
    }
}
