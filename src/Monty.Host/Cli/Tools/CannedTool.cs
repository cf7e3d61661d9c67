using System.Diagnostics;
using Monty.Interop;

namespace Monty.Host.Cli.Tools;

/// <summary>A tool that answers with constants.</summary>
/// <param name="Name">The name by which the script calls the tool.</param>
/// <param name="IsAsync">True if the script awaits the tool.</param>
/// <param name="Answers">The constants.</param>
internal sealed record CannedTool(string Name, bool IsAsync, ICannedAnswers Answers)
{
    /// <summary>Creates a tool that answers every call with the same value and without delay.</summary>
    public static CannedTool Constant(string name, bool isAsync, MontyValue value) =>
        new(name, isAsync, new ConstantAnswer(new CannedAnswer(MontyAnswer.Return(value), TimeSpan.Zero)));

    /// <summary>Returns true if the name is a Python identifier that the runtime does not define itself.</summary>
    public static bool CanBeCalled(string name)
    {
        try
        {
            _ = MontyTool.Sync(name, _ => MontyValue.None);
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    public MontyTool ToHostFunction(CallLog calls, TimeProvider time)
    {
        return IsAsync ? MontyTool.Async(Name, AnswerAsync) : MontyTool.Sync(Name, AnswerAsync);

        async ValueTask<MontyValue> AnswerAsync(MontyFunctionCall call, CancellationToken feedEnd)
        {
            calls.Start(call);
            var canned = Answers.GetAnswer(call);
            try
            {
                if (canned.Delay > TimeSpan.Zero)
                {
                    await Task.Delay(canned.Delay, time, feedEnd).ConfigureAwait(false);
                }
            }
            catch (OperationCanceledException)
            {
                calls.Drop(call);
                throw;
            }

            calls.Answer(call, canned.Answer);
            return canned.Answer switch
            {
                ReturnAnswer answer => answer.Value,
                RaiseAnswer answer => throw new PythonException(answer.Error.Type, answer.Error.Message),
                _ => throw new UnreachableException(),
            };
        }
    }
}
