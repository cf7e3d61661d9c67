using Monty.Host.Cli.Streams;
using Monty.Interop;

namespace Monty.Host.Cli.Tools;

/// <summary>A constant answer and how long it takes.</summary>
/// <param name="Answer">A return or a raise.</param>
/// <param name="Delay">Zero for at once.</param>
internal sealed record CannedAnswer(MontyAnswer Answer, TimeSpan Delay);

/// <summary>Which constant answers a call.</summary>
internal interface ICannedAnswers
{
    CannedAnswer For(MontyFunctionCall call);
}

/// <summary>The same for every call.</summary>
internal sealed class SameAnswer(CannedAnswer answer) : ICannedAnswers
{
    public CannedAnswer For(MontyFunctionCall call) => answer;
}

/// <summary>One call after the other, as the script makes them.</summary>
internal sealed class AnswersInOrder(IReadOnlyList<CannedAnswer> answers, CannedAnswer? otherwise) : ICannedAnswers
{
    private int calls;

    public CannedAnswer For(MontyFunctionCall call)
    {
        var number = Interlocked.Increment(ref calls);
        return number <= answers.Count
            ? answers[number - 1]
            : otherwise ?? MissingAnswer.To(call, $"the tools file has {answers.Count} answers for {call.Name}, and this is call {number}");
    }
}

/// <summary>By what the script passes; the first case that fits wins.</summary>
internal sealed class AnswersByArguments(IReadOnlyList<(ExpectedArguments Arguments, CannedAnswer Answer)> cases, CannedAnswer? otherwise)
    : ICannedAnswers
{
    public CannedAnswer For(MontyFunctionCall call)
    {
        foreach (var (arguments, answer) in cases)
        {
            if (arguments.Fit(call))
            {
                return answer;
            }
        }

        return otherwise ?? MissingAnswer.To(call, $"the tools file has no answer for {VisibleText.Format(call.Display(200), 200)}");
    }
}

/// <summary>A gap in the tools file is the script's to see: it is raised where the call is made.</summary>
file static class MissingAnswer
{
    public static CannedAnswer To(MontyFunctionCall call, string gap) =>
        new(MontyAnswer.Raise("LookupError", $"{gap}; add it, or '{ToolsFile.Otherwise}' to {call.Name}"), TimeSpan.Zero);
}
