using Monty.Actors;
using Monty.Testing;

namespace Monty.Load.Tests;

/// <summary>A copy of a finished run that a test changes.</summary>
internal sealed class EditedRun : IDisposable
{
    private readonly TempFolder folder = new();
    private readonly Dictionary<SessionId, List<SessionEvent>> histories;

    public EditedRun(FinishedRun run)
    {
        histories = run.Histories.ToDictionary(h => h.Key, h => h.Value.ToList());
        foreach (var file in Directory.EnumerateFiles(run.Logs.FullPath, "*", SearchOption.AllDirectories))
        {
            var copy = folder.File(Path.GetRelativePath(run.Logs.FullPath, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }

        Logs = new LogFolder(folder.Path);
    }

    public LogFolder Logs { get; }

    public List<SessionEvent> this[SessionId id] => histories[id];

    public Verdict Check()
    {
        var verdict = new Verdict(FinishedRun.Work, Logs);
        verdict.Check(histories.ToDictionary(h => h.Key, h => (IReadOnlyList<SessionEvent>)h.Value));
        return verdict;
    }

    public void Dispose() => folder.Dispose();
}
