using System.Globalization;
using Monty.Interop.Wire;

namespace Monty.Interop.Sessions;

/// <summary>Measures how long the code of a feed has run, against <see cref="MontyLimits.MaxFeedDuration"/>.</summary>
internal sealed class FeedClock(TimeSpan? limit)
{
    private ulong total; // microseconds that the session's code has run, at the last reply
    private ulong begun; // the same at the start of the feed
    private bool isStopped;

    /// <summary>The clock of a loaded session: the shorter of the limit in its dump and the one given.</summary>
    public FeedClock(DumpEnvelope dump, TimeSpan? given)
        : this(Shorter(dump.HasMaxFeedMicros ? TimeSpan.FromMicroseconds(dump.MaxFeedMicros) : null, given)) =>
        begun = dump.FeedStartMicros;

    /// <summary>True when feeds have a limit.</summary>
    public bool IsLimited => limit is not null;

    /// <summary>How long a feed may run. Without a limit, the longest time that there is.</summary>
    public TimeSpan Limit => limit ?? TimeSpan.MaxValue;

    /// <summary>The time that the feed may still run; null without a limit.</summary>
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

    /// <summary>True when the feed has run for as long as it may.</summary>
    public bool IsSpent => TimeLeft == TimeSpan.Zero;

    /// <summary>The error of a feed that ran for too long.</summary>
    public PythonError CreateError() =>
        new(
            "TimeoutError",
            string.Create(CultureInfo.InvariantCulture, $"feed time limit exceeded: it ran longer than {Limit.TotalSeconds} s")
        );

    /// <summary>Starts to measure another feed.</summary>
    public void BeginFeed()
    {
        begun = total;
        isStopped = false;
    }

    /// <summary>Takes the limit from the feed: it is being ended.</summary>
    public void Stop() => isStopped = true;

    /// <summary>Learns from a reply how long the session's code has run.</summary>
    public void Observe(WorkerEvent reply) => total = reply.ExecutionMicros;

    /// <summary>Starts from zero: the session was reset.</summary>
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
