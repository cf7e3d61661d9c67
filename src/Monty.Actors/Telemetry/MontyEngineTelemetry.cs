using System.Diagnostics.Metrics;

namespace Monty.Actors;

/// <summary>The names of the engine's metrics. They are part of the API. Turns and workers are measured by <see cref="Interop.MontyTelemetry"/>.</summary>
/// <remarks>
/// Thread-safe. Nothing is measured while no listener is attached. The metrics cover all engines of the process. No tag contains a session, a tenant, code or
/// a value.
/// </remarks>
public static class MontyEngineTelemetry
{
    /// <summary>The name of the <see cref="Meter"/>.</summary>
    public const string Name = "Monty.Actors";

    /// <summary>Up-down counter: the number of sessions in memory.</summary>
    public const string LiveSessions = "monty.session.live";

    /// <summary>Counter: sessions that were read from the store.</summary>
    public const string Recoveries = "monty.session.recoveries";

    /// <summary>Counter: recoveries in which turns were run again because their dump was not stored or not usable.</summary>
    public const string Rebuilds = "monty.session.rebuilds";

    /// <summary>Counter: sessions that were quarantined.</summary>
    public const string Quarantines = "monty.session.quarantines";

    /// <summary>
    /// Up-down counter: the number of sessions that cannot continue and whose quarantine could not be stored (<see cref="SessionRefusal.Stuck"/>).
    /// </summary>
    public const string StuckSessions = "monty.session.stuck";

    /// <summary>Histogram, in seconds: the duration of appends by the engine's clock, including the wait for a commit. Failed appends are included.</summary>
    public const string AppendDuration = "monty.append.duration";

    /// <summary>Counter: attempts that failed and are retried.</summary>
    public const string FailedAttempts = "monty.call.failed_attempts";

    /// <summary>Counter: calls that ended. Tag: <see cref="EndTag"/>.</summary>
    public const string EndedCalls = "monty.call.ended";

    /// <summary>The tag with the end of a call: <c>answered</c>, <c>timed_out</c> or <c>dropped</c>.</summary>
    public const string EndTag = "monty.call.end";

    private static readonly Meter Meter = new(Name);
    private static readonly UpDownCounter<long> Live = Meter.CreateUpDownCounter<long>(LiveSessions, "{session}", "Sessions in memory.");
    private static readonly UpDownCounter<long> Stuck = Meter.CreateUpDownCounter<long>(
        StuckSessions,
        "{session}",
        "Sessions that cannot continue and could not be quarantined."
    );
    private static readonly Counter<long> Recovered = Meter.CreateCounter<long>(
        Recoveries,
        "{session}",
        "Sessions that were read from the store."
    );
    private static readonly Counter<long> Rebuilt = Meter.CreateCounter<long>(
        Rebuilds,
        "{session}",
        "Recoveries in which turns were run again."
    );
    private static readonly Counter<long> Quarantined = Meter.CreateCounter<long>(
        Quarantines,
        "{session}",
        "Sessions that were quarantined."
    );
    private static readonly Histogram<double> AppendSeconds = Meter.CreateHistogram<double>(
        AppendDuration,
        "s",
        "The duration of appends, including the wait for a commit."
    );
    private static readonly Counter<long> Failed = Meter.CreateCounter<long>(
        FailedAttempts,
        "{attempt}",
        "Attempts that failed and are retried."
    );
    private static readonly Counter<long> Ended = Meter.CreateCounter<long>(EndedCalls, "{call}", "Calls that ended.");

    internal static bool MeasuresAppends => AppendSeconds.Enabled;

    internal static void CountLive(int change) => Live.Add(change);

    internal static void CountStuck(int change) => Stuck.Add(change);

    internal static void CountRecovery() => Recovered.Add(1);

    internal static void CountRebuild() => Rebuilt.Add(1);

    /// <summary>Counts a stored event.</summary>
    internal static void Count(SessionEvent @event)
    {
        switch (@event)
        {
            case CallAnswered:
                CountEnd("answered");
                break;
            case CallTimedOut:
                CountEnd("timed_out");
                break;
            case CallDropped:
                CountEnd("dropped");
                break;
            case AttemptFailed:
                Failed.Add(1);
                break;
            case SessionQuarantined:
                Quarantined.Add(1);
                break;
        }
    }

    internal static void RecordAppend(TimeSpan taken) => AppendSeconds.Record(taken.TotalSeconds);

    private static void CountEnd(string how) => Ended.Add(1, new KeyValuePair<string, object?>(EndTag, how));
}
