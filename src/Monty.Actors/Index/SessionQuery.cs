namespace Monty.Actors;

/// <summary>Selects sessions of one tenant to list. A session is listed if it matches all filters; a filter that is null matches every session.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
/// <param name="Tenant">The tenant.</param>
public sealed record SessionQuery(string Tenant)
{
    /// <summary>Lists only sessions with this status.</summary>
    public SessionStatus? Status { get; init; }

    /// <summary>Lists only sessions with an open call of this tool.</summary>
    public string? WaitingOn { get; init; }

    /// <summary>Lists only sessions with this label.</summary>
    public string? Label { get; init; }

    /// <summary>Lists only sessions that have not changed after this time.</summary>
    public DateTimeOffset? UnchangedSince { get; init; }

    /// <summary>The name of the last session of the previous page, or null for the first page.</summary>
    public string? After { get; init; }

    /// <summary>The maximum number of sessions in the page, 1 to 1000. Default: 100.</summary>
    public int Max { get; init; } = 100;

    internal void Check()
    {
        if (!SessionId.IsValidPart(Tenant))
        {
            throw new ArgumentException("The query's tenant is invalid: use 1 to 128 ASCII letters, digits or -._~:@.", nameof(Tenant));
        }

        if (After is not null && !SessionId.IsValidPart(After))
        {
            throw new ArgumentException(
                "The query's last name is invalid: pass the name of the last session of the previous page.",
                nameof(After)
            );
        }

        if (WaitingOn is not null && !SessionSummary.IsTag(WaitingOn))
        {
            throw new ArgumentException("The query's tool name is invalid: use 1 to 128 characters without NUL.", nameof(WaitingOn));
        }

        if (Label is not null && !SessionSummary.IsTag(Label))
        {
            throw new ArgumentException("The query's label is invalid: use 1 to 128 characters without NUL.", nameof(Label));
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(Max, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Max, 1000);
    }
}
