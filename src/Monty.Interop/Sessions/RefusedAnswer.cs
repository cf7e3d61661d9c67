using Monty.Interop.Wire;

namespace Monty.Interop.Sessions;

/// <summary>What is sent in place of an answer that was refused: an exception at the same place, which the script can catch.</summary>
internal static class RefusedAnswer
{
    /// <summary>The exception for an answer, or for the one outcome in it.</summary>
    public static MontyAnswer Raise(MontyAnswer answer, string reason) =>
        answer is ResolveAnswer resolve
            ? MontyAnswer.Resolve(resolve.Outcomes.ToDictionary(outcome => outcome.Key, _ => Raise(reason)))
            : Raise(reason);

    /// <summary>The same outcomes, but for an exception in place of each that cannot be sent.</summary>
    public static MontyAnswer ReplaceUnsendable(ResolveAnswer answer, Func<uint, bool> isAsync) =>
        MontyAnswer.Resolve(
            answer.Outcomes.ToDictionary(
                outcome => outcome.Key,
                outcome => AnswerEncoder.WhyRefused(outcome.Value, isAsync(outcome.Key)) is { } reason ? Raise(reason) : outcome.Value
            )
        );

    /// <summary>The outcomes of the lower half of the calls; the script waits for the others still.</summary>
    public static MontyAnswer TakeHalf(ResolveAnswer answer) =>
        MontyAnswer.Resolve(answer.Outcomes.OrderBy(outcome => outcome.Key).Take(answer.Outcomes.Count / 2).ToDictionary());

    /// <summary>A reason quotes the answer, so that half a surrogate pair may be left in it, which would be refused in its turn.</summary>
    private static MontyAnswer Raise(string reason) =>
        MontyAnswer.Raise("TypeError", $"the host's answer cannot be sent: {string.Concat(reason.EnumerateRunes())}");
}
