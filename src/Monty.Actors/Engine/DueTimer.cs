namespace Monty.Actors.Engine;

/// <summary>Fires at the earliest due time of all sessions, in memory or not.</summary>
/// <remarks>Thread-safe. Times that moved further away only make it fire once for nothing.</remarks>
internal sealed class DueTimer : IDisposable
{
    /// <summary>How long it goes without a look at the clock: one that is set, or a machine that sleeps, delays nobody for longer.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);
    private readonly Lock gate = new();
    private readonly TimeProvider time;
    private readonly Action fire;
    private readonly ITimer timer;
    private DateTimeOffset? armed;

    /// <param name="time">The clock.</param>
    /// <param name="fire">Begins what is to be done, and returns at once.</param>
    public DueTimer(TimeProvider time, Action fire)
    {
        this.time = time;
        this.fire = fire;
        timer = time.CreateTimer(_ => Look(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Sees to it that it fires at a time at the latest.</summary>
    public void Expect(DateTimeOffset? due)
    {
        lock (gate)
        {
            if (due is not { } at || armed <= at)
            {
                return;
            }

            armed = at;
            Arm(at - time.GetUtcNow());
        }
    }

    public void Dispose() => timer.Dispose();

    private void Look()
    {
        lock (gate)
        {
            if (armed is not { } at)
            {
                return;
            }

            var left = at - time.GetUtcNow();
            if (left > TimeSpan.Zero)
            {
                Arm(left);
                return;
            }

            armed = null;
            fire(); // one after the other
        }
    }

    private void Arm(TimeSpan wait) =>
        timer.Change(
            wait < TimeSpan.Zero ? TimeSpan.Zero
                : wait > Longest ? Longest
                : wait,
            Timeout.InfiniteTimeSpan
        );
}
