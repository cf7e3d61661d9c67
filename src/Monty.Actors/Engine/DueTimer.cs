namespace Monty.Actors.Engine;

/// <summary>Fires at the earliest due time of all sessions, in memory or not.</summary>
/// <remarks>Thread-safe. Times that moved further away only make it fire once for nothing.</remarks>
internal sealed class DueTimer : IDisposable
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);
    private readonly Lock gate = new();
    private readonly TimeProvider time;
    private readonly ITimer timer;
    private DateTimeOffset? armed;

    /// <param name="time">The clock.</param>
    /// <param name="fire">Begins what is to be done, and returns at once.</param>
    public DueTimer(TimeProvider time, Action fire)
    {
        this.time = time;
        timer = time.CreateTimer(
            _ =>
            {
                lock (gate)
                {
                    armed = null;
                    fire(); // one after the other
                }
            },
            null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Sees to it that it fires at a time at the latest.</summary>
    public void Expect(DateTimeOffset? due)
    {
        lock (gate)
        {
            if (due is not { } at || armed <= at) return;
            armed = at;
            var wait = at - time.GetUtcNow();
            timer.Change(wait < TimeSpan.Zero ? TimeSpan.Zero : wait > Longest ? Longest : wait, Timeout.InfiniteTimeSpan);
        }
    }

    public void Dispose() => timer.Dispose();
}
