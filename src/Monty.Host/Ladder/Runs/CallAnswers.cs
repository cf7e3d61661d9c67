using Monty.Host.Ladder.Fixtures;
using Monty.Interop;

namespace Monty.Host.Ladder.Runs;

/// <summary>The answers of <c>resumeValues</c> and <c>resumeErrors</c>, in one queue for all calls of the session.</summary>
internal sealed class CallAnswers(HostScript script)
{
    private int used;

    /// <summary>A message about the answers that were not used, or null if all answers were used.</summary>
    public string? Unused
    {
        get
        {
            var unused = Math.Max(script.Values.Count, script.Errors.Count) - used;
            return unused > 0 ? $"the script made {used} call(s), so {unused} answer(s) were not used" : null;
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
            : Reply.CannotAnswer($"the fixture has no answer to call {index + 1}, {call.Display()}");
    }
}
