namespace Monty.Interop.Sessions;

/// <summary>Gives the answers of an earlier run to a run of the same code, whose calls may have other ids.</summary>
internal sealed class AnswerReplay(IReadOnlyList<SavedAnswer> answers)
{
    private readonly Dictionary<uint, uint> callIds = []; // of the earlier run, to those of this one
    private int next;

    /// <summary>Returns the answer that the earlier run was given here, or null where this run waits for something else.</summary>
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
                return null; // a call of an earlier feed
            }

            outcomes.Add(own, outcome);
        }

        return MontyAnswer.Resolve(outcomes);
    }
}
