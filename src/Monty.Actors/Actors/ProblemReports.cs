using System.Collections.Concurrent;

namespace Monty.Actors.Actors;

/// <summary>Reports problems that are not tied to one command, and repeats none of them all the time.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class ProblemReports(MontyEngineOptions options)
{
    private static readonly TimeSpan Quiet = TimeSpan.FromMinutes(1);
    private readonly ConcurrentDictionary<string, long> lastReports = new(StringComparer.Ordinal);

    /// <summary>Reports a problem.</summary>
    public void Report(string message, Exception? failure) => options.Report(message, failure);

    /// <summary>Reports that storage failed, at most once a minute: it concerns all sessions at once.</summary>
    public void StorageFailed(SessionId session, Exception failure)
    {
        if (MayReport("storage"))
        {
            options.Report($"The store failed for {session} and perhaps for others. Sessions go on when it answers again.", failure);
        }
    }

    /// <summary>Reports that no turn could be run, at most once a minute.</summary>
    public void TurnsFailed(SessionId session, Exception failure)
    {
        if (MayReport("turns"))
        {
            options.Report($"A turn of {session} could not be run for a reason that is not the session's. It is tried again.", failure);
        }
    }

    private bool MayReport(string kind)
    {
        var now = options.TimeProvider.GetTimestamp();
        while (true)
        {
            if (!lastReports.TryGetValue(kind, out var last))
            {
                if (lastReports.TryAdd(kind, now))
                {
                    return true;
                }
            }
            else if (options.TimeProvider.GetElapsedTime(last, now) < Quiet)
            {
                return false;
            }
            else if (lastReports.TryUpdate(kind, now, last))
            {
                return true;
            }
        }
    }
}
