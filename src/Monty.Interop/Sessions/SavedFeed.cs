using Monty.Interop.Wire;

namespace Monty.Interop.Sessions;

/// <summary>A feed that can be run again on another worker: the session before it, its request, and the answers that it has been given.</summary>
/// <param name="Before">The session before the feed; null for a new one.</param>
/// <param name="Request">The feed.</param>
/// <param name="Offered">The names of the asynchronous functions that it may call.</param>
/// <param name="ScriptName">Its name in frames.</param>
internal sealed record SavedFeed(DumpEnvelope? Before, ParentRequest Request, HashSet<string> Offered, string ScriptName)
{
    private const long LargestAnswers = 16 * 1024 * 1024;
    private readonly List<SavedAnswer> answers = [];
    private long size;

    /// <summary>The answers in their order.</summary>
    public IReadOnlyList<SavedAnswer> Answers => answers;

    /// <summary>True when every answer was kept. They are dropped when they are large together.</summary>
    public bool IsComplete => size <= LargestAnswers;

    /// <summary>Keeps an answer.</summary>
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

    /// <summary>Drops the last answer, which the runtime refused.</summary>
    public void RemoveLast()
    {
        if (answers.Count > 0)
        {
            answers.RemoveAt(answers.Count - 1);
        }
    }
}

/// <summary>A suspension and the answer that it was given.</summary>
internal sealed record SavedAnswer(MontySuspension Suspension, MontyAnswer Answer);
