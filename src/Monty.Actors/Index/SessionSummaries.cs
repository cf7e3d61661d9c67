using Monty.Interop;

namespace Monty.Actors;

/// <summary>Derives the index row of a session from its state.</summary>
/// <remarks>Pure.</remarks>
internal static class SessionSummaries
{
    public static SessionSummary From(SessionState state, DateTimeOffset createdAt, DateTimeOffset changedAt)
    {
        var open = state.Quarantine is null ? state.Feed?.Calls.Values.ToList() ?? [] : [];
        return new SessionSummary(
            state.Status,
            createdAt,
            changedAt,
            IsActive: state.Status == SessionStatus.Running || open.Exists(c => c.IsRunning),
            DueAt: state.DueAt,
            WaitingOn: open.Select(c => c.Name)
                .Where(n => n.Length <= SessionSummary.MaxTagLength)
                .Distinct(StringComparer.Ordinal)
                .Take(SessionSummary.MaxWaitingOn)
                .ToEquatableArray(),
            Labels: (state.Setup?.Labels ?? []).Distinct(StringComparer.Ordinal).ToEquatableArray()
        );
    }
}
