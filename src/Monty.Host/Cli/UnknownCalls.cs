using Monty.Interop;

namespace Monty.Host.Cli;

/// <summary>Calls that no tool takes: put to the person at the terminal, or refused as the runtime would.</summary>
internal sealed class UnknownCalls(AnswerPrompt? prompt, CallLog calls)
{
    public async ValueTask<MontyAnswer> AnswerAsync(MontyFunctionCall call, CancellationToken cancellationToken)
    {
        calls.Start(call);
        var value = prompt is null ? null : await prompt.AskAsync(call, cancellationToken).ConfigureAwait(false);
        var answer =
            value is not null ? MontyAnswer.Return(value)
            : call.IsMethodCall ? MontyAnswer.Raise("AttributeError", $"the host object has no attribute '{call.Name}'")
            : MontyAnswer.NotFound;
        calls.Answer(call, answer);
        return answer;
    }
}
