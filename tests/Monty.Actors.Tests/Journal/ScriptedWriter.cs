using Monty.Actors.Journal;

namespace Monty.Actors.Tests.Journal;

/// <summary>A store whose commits begin and end when a test says so.</summary>
internal sealed class ScriptedWriter : IJournalWriter
{
    private readonly SemaphoreSlim begun = new(0);
    private readonly SemaphoreSlim allowed = new(0);
    private Exception? failure;

    public List<string> Commits { get; } = [];

    public bool IsDisposed { get; private set; }

    /// <summary>Waits until a commit has begun: it has taken its writes and waits for <see cref="Allow"/>.</summary>
    public Task Begun => begun.WaitAsync();

    public void Allow(Exception? failure = null)
    {
        this.failure = failure;
        allowed.Release();
    }

    public void Commit(IReadOnlyList<JournalWrite> writes)
    {
        lock (Commits)
        {
            Commits.Add(string.Join(' ', writes.Select(w => ((AppendWrite)w).Append.Session.Name)));
        }

        begun.Release();
        allowed.Wait();
        if (Interlocked.Exchange(ref failure, null) is { } exception)
        {
            throw exception;
        }

        foreach (var write in writes)
        {
            ((AppendWrite)write).Outcome = AppendResult.Appended;
        }
    }

    public void Dispose()
    {
        IsDisposed = true;
        begun.Dispose();
        allowed.Dispose();
    }
}
