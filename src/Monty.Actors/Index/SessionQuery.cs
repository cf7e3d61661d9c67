namespace Monty.Actors;

/// <summary>Which sessions of a tenant to list, and from where. Filters are joined by "and"; null does not filter.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
/// <param name="Tenant">The tenant.</param>
public sealed record SessionQuery(string Tenant)
{
    /// <summary>Only sessions that do this.</summary>
    public SessionStatus? Status { get; init; }

    /// <summary>Only sessions with an open call of this tool.</summary>
    public string? WaitingOn { get; init; }

    /// <summary>Only sessions with this label.</summary>
    public string? Label { get; init; }

    /// <summary>Only sessions that have not changed since.</summary>
    public DateTimeOffset? UnchangedSince { get; init; }

    /// <summary>The name of the last session that the caller has; null for the first page.</summary>
    public string? After { get; init; }

    /// <summary>The most sessions in the page, 1 to 1000. Default: 100.</summary>
    public int Max { get; init; } = 100;

    internal void Check()
    {
        if (!SessionId.IsValidPart(Tenant))
        {
            throw new ArgumentException("The query's tenant cannot be one.", nameof(Tenant));
        }

        if (After is not null && !SessionId.IsValidPart(After))
        {
            throw new ArgumentException("The query goes on after what cannot be a session's name.", nameof(After));
        }

        if (WaitingOn is not null && !SessionSummary.IsTag(WaitingOn))
        {
            throw new ArgumentException("The query's tool name cannot be one.", nameof(WaitingOn));
        }

        if (Label is not null && !SessionSummary.IsTag(Label))
        {
            throw new ArgumentException("The query's label cannot be one.", nameof(Label));
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(Max, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Max, 1000);
    }
}
