using System.Diagnostics;
using Monty.Interop.Wire;

namespace Monty.Interop.Telemetry;

/// <summary>Measures one turn, from construction to disposal, and traces it as an activity. Its outcome is "broken" unless <see cref="EndWith"/> was called.</summary>
internal sealed class TurnMeasurement : IDisposable
{
    private readonly TimeProvider time;
    private readonly long startedAt;
    private readonly Activity? activity;
    private string outcome = "broken";

    /// <param name="time">The clock of the pool.</param>
    /// <param name="request">The request of the turn, which gets the id of the activity as its trace parent.</param>
    public TurnMeasurement(TimeProvider time, ParentRequest request)
    {
        this.time = time;
        startedAt = time.GetTimestamp();
        activity = MontyTelemetry.Source.StartActivity(MontyTelemetry.TurnActivity);
        if (activity?.Id is { } id)
        {
            request.TraceParent = id;
        }
    }

    public MontyProgress EndWith(MontyProgress progress)
    {
        outcome = MontyTelemetry.OutcomeOf(progress);
        return progress;
    }

    public void Dispose()
    {
        activity?.SetTag(MontyTelemetry.OutcomeTag, outcome);
        activity?.Dispose();
        MontyTelemetry.RecordTurn(time.GetElapsedTime(startedAt), outcome);
    }
}
