using System.Diagnostics;
using Monty.Interop.Wire;

namespace Monty.Interop.Telemetry;

/// <summary>The activity and the duration of one turn, from its making to its disposal; it counts as broken unless an end is told.</summary>
internal sealed class TurnMeasurement : IDisposable
{
    private readonly TimeProvider time;
    private readonly long begun;
    private readonly Activity? activity;
    private string outcome = "broken";

    /// <param name="time">The clock of the pool.</param>
    /// <param name="request">Gets the activity's id as its trace parent.</param>
    public TurnMeasurement(TimeProvider time, ParentRequest request)
    {
        this.time = time;
        begun = time.GetTimestamp();
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
        MontyTelemetry.RecordTurn(time.GetElapsedTime(begun), outcome);
    }
}
