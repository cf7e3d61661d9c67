namespace Monty.Load;

/// <summary>The violations that a crash test found, counted by kind.</summary>
internal sealed class Findings
{
    private readonly List<string> problems = [];

    /// <summary>The number of results and effects that are missing or wrong: answers, signals, cancels, forks, results of feeds, and files.</summary>
    public int Lost { get; private set; }

    /// <summary>The number of commands, calls, ends and effects that occur more often than once, or hit another feed or session.</summary>
    public int Duplicated { get; private set; }

    /// <summary>The number of calls, feeds and signals that have not ended.</summary>
    public int Open { get; private set; }

    /// <summary>A description of each violation.</summary>
    public IReadOnlyList<string> Problems => problems;

    public void AddLost(string problem)
    {
        Lost++;
        problems.Add(problem);
    }

    public void AddDuplicate(string problem)
    {
        Duplicated++;
        problems.Add(problem);
    }

    public void AddOpen(string problem)
    {
        Open++;
        problems.Add(problem);
    }
}
