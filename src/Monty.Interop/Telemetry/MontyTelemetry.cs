using System.Diagnostics;
using System.Diagnostics.Metrics;
using Monty.Interop.Wire;

namespace Monty.Interop;

/// <summary>The names of the activities and metrics that this library emits. They are part of its API.</summary>
/// <remarks>Thread-safe. Nothing is measured while no listener is attached.</remarks>
public static class MontyTelemetry
{
    /// <summary>The name of the <see cref="ActivitySource"/> and of the <see cref="Meter"/>.</summary>
    public const string Name = "Monty.Interop";

    /// <summary>The name of the activity that covers one turn, from its request to the event that ends it. Tag: <see cref="OutcomeTag"/>.</summary>
    public const string TurnActivity = "monty.turn";

    /// <summary>A histogram of the duration of turns by the host's clock, in seconds. Tag: <see cref="OutcomeTag"/>.</summary>
    public const string TurnDuration = "monty.turn.duration";

    /// <summary>A histogram of the time that callers waited for a worker, in seconds.</summary>
    public const string CheckoutDuration = "monty.pool.checkout.duration";

    /// <summary>An up-down counter of the workers that are running.</summary>
    public const string Workers = "monty.pool.workers";

    /// <summary>A counter of the workers that failed. Tag: <see cref="FailureTag"/>.</summary>
    public const string WorkerFailures = "monty.worker.failures";

    /// <summary>A counter of the exceptions that the host's own code threw while a script waited for it. Tags: <see cref="HandlerTag"/> and <see cref="ErrorTypeTag"/>.</summary>
    public const string HandlerErrors = "monty.handler.errors";

    /// <summary>The tag with the outcome of a turn: complete, failed, typing_failed, function_call, os_call, name_lookup, resolve_futures, or broken when the worker gave no outcome.</summary>
    public const string OutcomeTag = "monty.turn.outcome";

    /// <summary>The tag with the reason why a worker failed, which is the name of a member of <see cref="WorkerFailure"/>.</summary>
    public const string FailureTag = "monty.worker.failure";

    /// <summary>The tag with the kind of suspension during which the host's code threw: function_call, os_call, name_lookup or resolve_futures.</summary>
    public const string HandlerTag = "monty.handler";

    /// <summary>The tag with the full name of the .NET exception type. The name of the tag is that of OpenTelemetry.</summary>
    public const string ErrorTypeTag = "error.type";

    internal static readonly ActivitySource Source = new(Name);
    private static readonly Meter Meter = new(Name);
    private static readonly Histogram<double> TurnSeconds = Meter.CreateHistogram<double>(
        TurnDuration,
        "s",
        "The duration of turns by the host's clock."
    );
    private static readonly Histogram<double> CheckoutSeconds = Meter.CreateHistogram<double>(
        CheckoutDuration,
        "s",
        "The time that callers waited for a worker."
    );
    private static readonly UpDownCounter<long> WorkerCount = Meter.CreateUpDownCounter<long>(
        Workers,
        "{worker}",
        "The workers that are running."
    );
    private static readonly Counter<long> Failures = Meter.CreateCounter<long>(WorkerFailures, "{worker}", "The workers that failed.");
    private static readonly Counter<long> ThrownByHandlers = Meter.CreateCounter<long>(
        HandlerErrors,
        "{error}",
        "The exceptions that the host's own code threw while a script waited for it."
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
