using Monty.Interop.Wire;

namespace Monty.Interop.Sessions;

/// <summary>A feed that can run again on another worker: the session before it, its request, and the answers to its suspensions.</summary>
/// <param name="Before">The session before the feed, or null for a new session.</param>
/// <param name="Request">The request of the feed.</param>
/// <param name="Offered">The names of the asynchronous functions that the feed may call.</param>
/// <param name="ScriptName">The name of the script in frames.</param>
internal sealed record SavedFeed(DumpEnvelope? Before, ParentRequest Request, HashSet<string> Offered, string ScriptName)
{
    private const long LargestAnswers = 16 * 1024 * 1024;
    private readonly List<SavedAnswer> answers = [];
    private long size;

    /// <summary>The answers in order.</summary>
    public IReadOnlyList<SavedAnswer> Answers => answers;

    /// <summary>True when all answers were kept. They are discarded when they are too large together.</summary>
    public bool IsComplete => size <= LargestAnswers;

    /// <summary>Adds an answer.</summary>
    public void Add(MontySuspension suspension, MontyAnswer answer)
    {
        if (!IsComplete)
        {
            return;
        }

        answers.Add(new SavedAnswer(suspension, answer));
        size += RequestSize.OfAnswer(suspension, answer);
        if (!IsComplete)
        {
            answers.Clear();
        }
    }

    /// <summary>Removes the last answer, because it was refused.</summary>
    public void RemoveLast()
    {
        if (answers.Count > 0)
        {
            answers.RemoveAt(answers.Count - 1);
        }
    }
}

/// <summary>A suspension and its answer.</summary>
internal sealed record SavedAnswer(MontySuspension Suspension, MontyAnswer Answer);
