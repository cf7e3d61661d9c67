using Monty.Interop;

namespace Monty.Host.Cli;

/// <summary>Answers the calls that no tool handles: asks the user at the terminal, or answers "not found".</summary>
/// <param name="prompt">Asks the user, or null when there is no terminal.</param>
/// <param name="calls">The log that receives the calls and their answers.</param>
internal sealed class UnknownCalls(AnswerPrompt? prompt, CallLog calls)
{
    public async ValueTask<MontyAnswer> AnswerAsync(MontyFunctionCall call, CancellationToken cancellationToken)
    {
        calls.Start(call);
        var value = prompt is null ? null : await prompt.AskAsync(call, cancellationToken).ConfigureAwait(false);
        var answer = value is null ? GetRefusal(call) : MontyAnswer.Return(value);
        calls.Answer(call, answer);
        return answer;
    }

    private static MontyAnswer GetRefusal(MontyFunctionCall call) =>
        call.IsMethodCall ? MontyAnswer.Raise("AttributeError", $"the host object has no attribute '{call.Name}'") : MontyAnswer.NotFound;
}
