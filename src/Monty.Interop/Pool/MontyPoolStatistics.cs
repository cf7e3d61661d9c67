namespace Monty.Interop;

/// <summary>The state of a pool at one moment, including the workers that check types.</summary>
/// <param name="Live">Workers that run or are being started.</param>
/// <param name="Idle">Workers that wait for a session or a check.</param>
/// <param name="Waiting">Callers that wait for a worker.</param>
/// <param name="Started">Workers started so far.</param>
/// <param name="Recycled">Workers replaced because they had served long enough.</param>
/// <param name="Discarded">Workers that broke, were killed or were abandoned.</param>
/// <param name="Checkouts">Sessions opened and types checked so far.</param>
public sealed record MontyPoolStatistics(int Live, int Idle, int Waiting, long Started, long Recycled, long Discarded, long Checkouts)
{
    internal MontyPoolStatistics Add(MontyPoolStatistics other) =>
        new(
            Live + other.Live,
            Idle + other.Idle,
            Waiting + other.Waiting,
            Started + other.Started,
            Recycled + other.Recycled,
            Discarded + other.Discarded,
            Checkouts + other.Checkouts
        );
}
