using Monty.Interop.Wire;

namespace Monty.Interop.Sessions;

/// <summary>Counts suspensions against their limits. The runtime stores the limit but does not count.</summary>
internal sealed class SuspensionBudget
{
    private const int RuntimeDefault = 1000;
    private readonly int max;
    private readonly int? maxPerFeed;
    private int total;
    private int inFeed;

    public SuspensionBudget(MontyLimits limits)
    {
        max = limits.MaxSuspensions ?? RuntimeDefault;
        maxPerFeed = limits.MaxSuspensionsPerFeed;
    }

    /// <summary>Creates the budget of a dumped session, lowered to the limits that are given when it is loaded.</summary>
    public SuspensionBudget(DumpEnvelope dumped, MontyLimits? cap)
    {
        max = Math.Min(dumped.MaxSuspensions, cap?.MaxSuspensions ?? int.MaxValue);
        maxPerFeed = dumped.HasMaxSuspensionsPerFeed
            ? Math.Min(dumped.MaxSuspensionsPerFeed, cap?.MaxSuspensionsPerFeed ?? int.MaxValue)
            : cap?.MaxSuspensionsPerFeed;
        total = dumped.Suspensions;
        inFeed = dumped.SuspensionsInFeed;
    }

    /// <summary>True when the next suspension exceeds a limit.</summary>
    public bool IsSpent => total >= max || inFeed >= maxPerFeed;

    public void BeginFeed() => inFeed = 0;

    /// <summary>Counts one suspension.</summary>
    /// <returns>The error that ends the feed, or null when no limit is exceeded.</returns>
    public PythonError? CountSuspension()
    {
        total = total + 1;
        inFeed = inFeed + 1;
        int? exceeded =
            total > max ? max
            : inFeed > maxPerFeed ? maxPerFeed
            : null;
        return exceeded is null ? null : new PythonError("RuntimeError", $"suspension limit {exceeded} exceeded");
    }

    public void SaveTo(DumpEnvelope dump)
    {
        dump.Suspensions = total;
        dump.SuspensionsInFeed = inFeed;
        dump.MaxSuspensions = max;
        if (maxPerFeed is { } perFeed)
        {
            dump.MaxSuspensionsPerFeed = perFeed;
        }
    }
}
