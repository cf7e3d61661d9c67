using System.Globalization;
using Monty.Interop.Wire;

namespace Monty.Interop.Sessions;

/// <summary>Measures the time that the code of a feed has run, for the limit <see cref="MontyLimits.MaxFeedDuration"/>.</summary>
internal sealed class FeedClock(TimeSpan? limit)
{
    private ulong total; // the time that the session's code had run at the last reply, in microseconds
    private ulong begun; // the same time at the start of the feed
    private bool isStopped;

    /// <summary>Creates the clock of a loaded session. Its limit is the shorter one of the dump's limit and the given limit.</summary>
    public FeedClock(DumpEnvelope dump, TimeSpan? given)
        : this(Shorter(dump.HasMaxFeedMicros ? TimeSpan.FromMicroseconds(dump.MaxFeedMicros) : null, given)) =>
        begun = dump.FeedStartMicros;

    /// <summary>True when the time of feeds is limited.</summary>
    public bool IsLimited => limit is not null;

    /// <summary>The limit on the time of a feed. Without a limit, it is the maximum time span.</summary>
    public TimeSpan Limit => limit ?? TimeSpan.MaxValue;

    /// <summary>The rest of the time that the feed may run, or null without a limit.</summary>
    public TimeSpan? TimeLeft
    {
        get
        {
            if (isStopped || limit is not { } all)
            {
                return null;
            }

            var used = TimeSpan.FromMicroseconds(Math.Max(total, begun) - begun);
            return used < all ? all - used : TimeSpan.Zero;
        }
    }

    /// <summary>True when the feed has used all of its time.</summary>
    public bool IsSpent => TimeLeft == TimeSpan.Zero;

    /// <summary>The error of a feed that exceeded the limit.</summary>
    public PythonError CreateError() =>
        new(
            "TimeoutError",
            string.Create(CultureInfo.InvariantCulture, $"feed time limit exceeded: it ran longer than {Limit.TotalSeconds} s")
        );

    /// <summary>Starts measuring another feed.</summary>
    public void BeginFeed()
    {
        begun = total;
        isStopped = false;
    }

    /// <summary>Removes the limit from the current feed, because the feed is being ended.</summary>
    public void Stop() => isStopped = true;

    /// <summary>Updates the time that the session's code has run from a reply.</summary>
    public void Observe(WorkerEvent reply) => total = reply.ExecutionMicros;

    /// <summary>Starts at zero again after the session was reset.</summary>
    public void Reset()
    {
        total = 0;
        begun = 0;
    }

    public void SaveTo(DumpEnvelope dump)
    {
        if (limit is { } all)
        {
            dump.MaxFeedMicros = (long)all.TotalMicroseconds;
            dump.FeedStartMicros = begun;
        }
    }

    private static TimeSpan? Shorter(TimeSpan? one, TimeSpan? other) => one < other || other is null ? one : other;
}
