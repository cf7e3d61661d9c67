namespace Monty.Interop.Sessions;

/// <summary>Repeats the answers of an earlier run for another run of the same code, whose calls may have other ids.</summary>
internal sealed class AnswerReplay(IReadOnlyList<SavedAnswer> answers)
{
    private readonly Dictionary<uint, uint> callIds = []; // ids of the earlier run, mapped to ids of this run
    private int next;

    /// <summary>Returns the answer of the earlier run to this suspension, or null when this run waits for something else.</summary>
    public MontyAnswer? Next(MontySuspension suspension)
    {
        if (next == answers.Count || answers[next] is var saved && saved.Suspension.GetType() != suspension.GetType())
        {
            return null;
        }

        next++;
        if (saved.Suspension is MontyFunctionCall earlier && suspension is MontyFunctionCall call)
        {
            callIds[earlier.CallId] = call.CallId;
        }

        return saved.Answer is ResolveAnswer resolve ? Resolve(resolve) : saved.Answer;
    }

    private MontyAnswer? Resolve(ResolveAnswer answer)
    {
        var outcomes = new Dictionary<uint, MontyAnswer>();
        foreach (var (callId, outcome) in answer.Outcomes)
        {
            if (!callIds.TryGetValue(callId, out var own))
            {
                return null; // the call was made by an earlier feed
            }

            outcomes.Add(own, outcome);
        }

        return MontyAnswer.Resolve(outcomes);
    }
}
