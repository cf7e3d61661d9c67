using System.Collections.Concurrent;

namespace Monty.Actors.Actors;

/// <summary>Reports problems that are not tied to one command, and limits how often the same problem is repeated.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class ProblemReports(MontyEngineOptions options)
{
    private static readonly TimeSpan Quiet = TimeSpan.FromMinutes(1);
    private readonly ConcurrentDictionary<string, long> lastReports = new(StringComparer.Ordinal);

    /// <summary>Reports a problem.</summary>
    public void Report(string message, Exception? failure) => options.Report(message, failure);

    /// <summary>Reports that the store failed, at most once a minute, because the failure affects all sessions at once.</summary>
    public void StorageFailed(SessionId session, Exception failure)
    {
        if (MayReport("storage"))
        {
            options.Report(
                $"The store failed for {session}, and possibly for other sessions. They continue when it answers again.",
                failure
            );
        }
    }

    /// <summary>Reports that a turn could not be run, at most once a minute.</summary>
    public void TurnsFailed(SessionId session, Exception failure)
    {
        if (MayReport("turns"))
        {
            options.Report($"A turn of {session} could not be run, for a reason outside the session. It is tried again.", failure);
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
