using Monty.Interop.Wire;

namespace Monty.Interop.Sessions;

/// <summary>Creates the replacement for an answer that was refused: an exception at the same place, which the script can catch.</summary>
internal static class RefusedAnswer
{
    /// <summary>Returns an exception in place of the answer, or of each outcome in it.</summary>
    public static MontyAnswer Raise(MontyAnswer answer, string reason) =>
        answer is ResolveAnswer resolve
            ? MontyAnswer.Resolve(resolve.Outcomes.ToDictionary(outcome => outcome.Key, _ => Raise(reason)))
            : Raise(reason);

    /// <summary>Returns the same outcomes, with an exception in place of each that cannot be sent.</summary>
    public static MontyAnswer ReplaceUnsendable(ResolveAnswer answer, Func<uint, bool> isAsync) =>
        MontyAnswer.Resolve(
            answer.Outcomes.ToDictionary(
                outcome => outcome.Key,
                outcome =>
                    AnswerEncoder.FindOutcomeProblem(outcome.Value, isAsync(outcome.Key)) is { } reason ? Raise(reason) : outcome.Value
            )
        );

    /// <summary>Returns the outcomes of the lower half of the calls. The script keeps waiting for the others.</summary>
    public static MontyAnswer TakeHalf(ResolveAnswer answer) =>
        MontyAnswer.Resolve(answer.Outcomes.OrderBy(outcome => outcome.Key).Take(answer.Outcomes.Count / 2).ToDictionary());

    /// <summary>Creates the exception. The reason quotes a part of the answer, which may end within a surrogate pair. The lone surrogate is replaced, because it would be refused as well.</summary>
    private static MontyAnswer Raise(string reason) =>
        MontyAnswer.Raise("TypeError", $"the host's answer cannot be sent: {string.Concat(reason.EnumerateRunes())}");
}
