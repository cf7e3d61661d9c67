using System.Diagnostics;
using System.Diagnostics.Metrics;
using Monty.Interop.Wire;

namespace Monty.Interop;

/// <summary>The names under which this library traces and measures; they are part of its API and tested.</summary>
/// <remarks>Thread-safe. Nothing is computed while nobody listens.</remarks>
public static class MontyTelemetry
{
    /// <summary>The name of the <see cref="ActivitySource"/> and of the <see cref="Meter"/>.</summary>
    public const string Name = "Monty.Interop";

    /// <summary>The activity of one turn, from its request to the event that ends it. Tag: <see cref="OutcomeTag"/>.</summary>
    public const string TurnActivity = "monty.turn";

    /// <summary>Histogram, seconds: how long turns took by the host's clock. Tag: <see cref="OutcomeTag"/>.</summary>
    public const string TurnDuration = "monty.turn.duration";

    /// <summary>Histogram, seconds: how long callers waited for a worker.</summary>
    public const string CheckoutDuration = "monty.pool.checkout.duration";

    /// <summary>Up-down counter: workers that run.</summary>
    public const string Workers = "monty.pool.workers";

    /// <summary>Counter: workers that failed. Tag: <see cref="FailureTag"/>, a <see cref="WorkerFailure"/>.</summary>
    public const string WorkerFailures = "monty.worker.failures";

    /// <summary>Counter: exceptions of the host's own code that scripts waited for. Tags: <see cref="HandlerTag"/> and <see cref="ErrorTypeTag"/>.</summary>
    public const string HandlerErrors = "monty.handler.errors";

    /// <summary>How a turn ended: complete, failed, typing_failed, function_call, os_call, name_lookup, resolve_futures or broken.</summary>
    public const string OutcomeTag = "monty.turn.outcome";

    /// <summary>Why a worker failed.</summary>
    public const string FailureTag = "monty.worker.failure";

    /// <summary>What the script waited for as the host's code threw: function_call, os_call, name_lookup or resolve_futures.</summary>
    public const string HandlerTag = "monty.handler";

    /// <summary>The full name of the .NET type that was thrown, as OpenTelemetry names it.</summary>
    public const string ErrorTypeTag = "error.type";

    internal static readonly ActivitySource Source = new(Name);
    private static readonly Meter Meter = new(Name);
    private static readonly Histogram<double> TurnSeconds = Meter.CreateHistogram<double>(
        TurnDuration,
        "s",
        "How long turns took by the host's clock."
    );
    private static readonly Histogram<double> CheckoutSeconds = Meter.CreateHistogram<double>(
        CheckoutDuration,
        "s",
        "How long callers waited for a worker."
    );
    private static readonly UpDownCounter<long> WorkerCount = Meter.CreateUpDownCounter<long>(Workers, "{worker}", "Workers that run.");
    private static readonly Counter<long> Failures = Meter.CreateCounter<long>(WorkerFailures, "{worker}", "Workers that failed.");
    private static readonly Counter<long> ThrownByHandlers = Meter.CreateCounter<long>(
        HandlerErrors,
        "{error}",
        "Exceptions of the host's own code that scripts waited for."
    );

    internal static bool MeasuresTurns => TurnSeconds.Enabled || Source.HasListeners();

    internal static void RecordTurn(TimeSpan duration, string outcome) =>
        TurnSeconds.Record(duration.TotalSeconds, new KeyValuePair<string, object?>(OutcomeTag, outcome));

    internal static void RecordCheckout(TimeSpan duration)
    {
        if (CheckoutSeconds.Enabled)
        {
            CheckoutSeconds.Record(duration.TotalSeconds);
        }
    }

    internal static void CountWorker(int change) => WorkerCount.Add(change);

    internal static void CountFailure(WorkerFailure failure) =>
        Failures.Add(1, new KeyValuePair<string, object?>(FailureTag, failure.ToString()));

    internal static void CountHandlerError(MontySuspension suspension, Exception exception) =>
        ThrownByHandlers.Add(
            1,
            new KeyValuePair<string, object?>(HandlerTag, OutcomeOf(suspension)),
            new KeyValuePair<string, object?>(ErrorTypeTag, exception.GetType().FullName)
        );

    internal static string OutcomeOf(MontyProgress progress) =>
        progress switch
        {
            MontyComplete => "complete",
            MontyFailed or ProtocolViolation => "failed",
            MontyTypingFailed => "typing_failed",
            MontyFunctionCall => "function_call",
            MontyOsCall => "os_call",
            MontyNameLookup => "name_lookup",
            MontyResolveFutures => "resolve_futures",
            _ => throw new UnreachableException(),
        };
}
