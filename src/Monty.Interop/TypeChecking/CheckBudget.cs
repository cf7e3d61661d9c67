namespace Monty.Interop.TypeChecking;

/// <summary>The limits of one check, whose time runs from the creation of this object.</summary>
internal sealed class CheckBudget(TypeCheckLimits limits, TimeProvider time)
{
    private readonly long begun = time.GetTimestamp();

    public TypeCheckLimits Limits => limits;

    /// <summary>The time that is left; zero or less when the time is over.</summary>
    public TimeSpan TimeLeft => limits.Timeout - time.GetElapsedTime(begun);
}
