using Monty.Host.Cli.Streams;
using Monty.Interop;

namespace Monty.Host.Cli.Tools;

/// <summary>A constant answer to a call.</summary>
/// <param name="Answer">The return value or the exception.</param>
/// <param name="Delay">The time to wait before answering, which may be zero.</param>
internal sealed record CannedAnswer(MontyAnswer Answer, TimeSpan Delay);

/// <summary>Selects the constant that answers a call.</summary>
internal interface ICannedAnswers
{
    CannedAnswer GetAnswer(MontyFunctionCall call);
}

/// <summary>Answers every call with the same constant.</summary>
internal sealed class ConstantAnswer(CannedAnswer answer) : ICannedAnswers
{
    public CannedAnswer GetAnswer(MontyFunctionCall call) => answer;
}

/// <summary>Answers the first call with the first constant, the second call with the second, and so on.</summary>
internal sealed class AnswersInOrder(IReadOnlyList<CannedAnswer> answers, CannedAnswer? otherwise) : ICannedAnswers
{
    private int calls;

    public CannedAnswer GetAnswer(MontyFunctionCall call)
    {
        var number = Interlocked.Increment(ref calls);
        if (number <= answers.Count)
        {
            return answers[number - 1];
        }

        return otherwise
            ?? MissingAnswer.Create(call, $"the tools file has {answers.Count} answers for {call.Name}, and this is call {number}");
    }
}

/// <summary>Answers a call with the first case whose arguments match.</summary>
internal sealed class AnswersByArguments(IReadOnlyList<AnswerCase> cases, CannedAnswer? otherwise) : ICannedAnswers
{
    public CannedAnswer GetAnswer(MontyFunctionCall call)
    {
        var match = cases.FirstOrDefault(c => c.Arguments.Match(call));
        return match?.Answer
            ?? otherwise
            ?? MissingAnswer.Create(call, $"the tools file has no answer for {VisibleText.Format(call.Display(200), 200)}");
    }
}

/// <summary>The answer to calls with certain arguments.</summary>
internal sealed record AnswerCase(ExpectedArguments Arguments, CannedAnswer Answer);

/// <summary>Creates the answer to a call for which the tools file has no answer: an exception that the script can see.</summary>
file static class MissingAnswer
{
    public static CannedAnswer Create(MontyFunctionCall call, string problem) =>
        new(MontyAnswer.Raise("LookupError", $"{problem}; add an answer, or add '{ToolsFile.Otherwise}' to {call.Name}"), TimeSpan.Zero);
}
