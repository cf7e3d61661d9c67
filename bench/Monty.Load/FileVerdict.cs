using Monty.Actors;
using Monty.Interop;

namespace Monty.Load;

/// <summary>Compares the folders of the sessions with the writes of their scripts. Each write must be there exactly once.</summary>
internal sealed class FileVerdict(CrashScripts scripts, LogFolder logs, Findings findings)
{
    private const string Log = "log";

    /// <summary>Checks the folder of a session.</summary>
    public void Check(SessionId id, SessionHistory history, bool isFork)
    {
        var folder = logs.FilesOf(id);
        var text = ReadOrEmpty(Path.Combine(folder, Log));
        var writes = scripts.GetLogWrites(isFork).ToList();
        foreach (var write in writes)
        {
            CheckCount(id, write, CountOf(write, text));
        }

        var canceled = CountOf(CrashScripts.CanceledText, text);
        CheckCanceled(id, history, canceled);
        var expected = string.Concat(
            writes
                .Take(scripts.LogWritesBeforeCancel)
                .Concat(Enumerable.Repeat(CrashScripts.CanceledText, canceled))
                .Concat(writes.Skip(scripts.LogWritesBeforeCancel))
        );
        if (text != expected && writes.TrueForAll(w => CountOf(w, text) == 1))
        {
            findings.AddLost($"{id}: the file {Log} contains '{text}' instead of '{expected}'");
        }

        CheckOthers(id, folder, isFork);
    }

    private void CheckCount(SessionId id, string write, int count)
    {
        if (count == 0)
        {
            findings.AddLost($"{id}: the write '{write.TrimEnd()}' is not in the file {Log}");
        }
        else if (count > 1)
        {
            findings.AddDuplicate($"{id}: the write '{write.TrimEnd()}' is {count} times in the file {Log}");
        }
    }

    /// <summary>Checks the write of the canceled feed. It may have been made if it was announced, and must have been made if it was answered.</summary>
    private void CheckCanceled(SessionId id, SessionHistory history, int count)
    {
        var feed = history.Feeds.FirstOrDefault(f => f.Number == CrashScripts.Canceled);
        var writes =
            feed?.Announced.Where(a => a.Value.Call is MontyOsCall { Function: OsFunction.AppendText }).Select(a => a.Key).ToList() ?? [];
        if (count > 1 || writes.Exists(w => feed!.Answered.Contains(w)))
        {
            CheckCount(id, CrashScripts.CanceledText, count);
        }
        else if (count == 1 && writes.Count == 0)
        {
            findings.AddLost($"{id}: the canceled feed wrote to the file {Log}, but the history does not contain the call");
        }
    }

    private void CheckOthers(SessionId id, string folder, bool isFork)
    {
        var expected = scripts.GetOtherFiles(isFork);
        foreach (var (path, content) in expected)
        {
            var found = ReadOrEmpty(Path.Combine(folder, path));
            if (found != content)
            {
                findings.AddLost($"{id}: the file {path} contains '{found}' instead of '{content}'");
            }
        }

        var others = Directory.Exists(folder)
            ? Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(folder, f))
            : [];
        foreach (var extra in others.Where(f => f != Log && !expected.ContainsKey(f)))
        {
            findings.AddLost($"{id}: the file {extra} should have been renamed or removed");
        }
    }

    private static int CountOf(string write, string text) => text.Split(write).Length - 1;

    private static string ReadOrEmpty(string file) => File.Exists(file) ? File.ReadAllText(file) : "";
}
