using System.Diagnostics;
using Monty.Actors.Actors;
using Monty.Testing;

namespace Monty.Actors.Tests.Engine;

/// <summary>A clock whose calls from session actors can throw, so that a defect of the engine at any step can be simulated.</summary>
internal sealed class HostileTime(FakeTime inner) : TimeProvider
{
    private int skip;
    private int failures;

    public override long TimestampFrequency => inner.TimestampFrequency;

    public override TimeZoneInfo LocalTimeZone => inner.LocalTimeZone;

    /// <summary>The number of calls that threw.</summary>
    public int Thrown { get; private set; }

    /// <summary>Lets calls of session actors throw.</summary>
    /// <param name="after">The number of calls that succeed first.</param>
    /// <param name="count">The number of calls that throw then.</param>
    public void Throw(int after, int count)
    {
        skip = after;
        failures = count;
    }

    public override DateTimeOffset GetUtcNow()
    {
        ThrowIfAsked();
        return inner.GetUtcNow();
    }

    public override long GetTimestamp()
    {
        ThrowIfAsked();
        return inner.GetTimestamp();
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        inner.CreateTimer(callback, state, dueTime, period);

    private void ThrowIfAsked()
    {
        if (failures == 0 || !new StackTrace().GetFrames().Any(f => f.GetMethod()?.DeclaringType == typeof(SessionActor)))
        {
            return;
        }

        if (skip > 0)
        {
            skip--;
            return;
        }

        failures--;
        Thrown++;
        throw new NotImplementedException("a defect of the engine at /secret/path");
    }
}
