using System.Diagnostics;
using Monty.Interop;

namespace Monty.Host.Cli.Tools;

/// <summary>A tool that answers with constants.</summary>
/// <param name="Name">The name that the script calls.</param>
/// <param name="IsAsync">Whether the script awaits it.</param>
/// <param name="Answers">Its constants.</param>
internal sealed record CannedTool(string Name, bool IsAsync, ICannedAnswers Answers)
{
    /// <summary>A tool with the same answer for every call, at once.</summary>
    public static CannedTool Constant(string name, bool isAsync, MontyValue value) =>
        new(name, isAsync, new SameAnswer(new CannedAnswer(MontyAnswer.Return(value), TimeSpan.Zero)));

    /// <summary>Whether a script could call a tool of this name: it is a Python identifier, and the runtime leaves it to the host.</summary>
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
            var next = Answers.For(call);
            try
            {
                if (next.Delay > TimeSpan.Zero)
                {
                    await Task.Delay(next.Delay, time, feedEnd).ConfigureAwait(false); // delay_ms of the tools file, on the clock given
                }
            }
            catch (OperationCanceledException)
            {
                calls.Drop(call);
                throw;
            }

            calls.Answer(call, next.Answer);
            return next.Answer switch
            {
                ReturnAnswer answer => answer.Value,
                RaiseAnswer answer => throw new PythonException(answer.Error.Type, answer.Error.Message),
                _ => throw new UnreachableException(),
            };
        }
    }
}
