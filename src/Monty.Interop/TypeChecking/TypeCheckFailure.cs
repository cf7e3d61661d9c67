namespace Monty.Interop;

/// <summary>The reasons why a type check could not be finished (<see cref="TypeCheckReport.Failure"/>).</summary>
public enum TypeCheckFailure
{
    /// <summary>It took longer than its timeout.</summary>
    TimedOut,

    /// <summary>It needed more memory than its limit allows.</summary>
    OutOfMemory,

    /// <summary>The code is longer than its limit allows; no checker has seen it.</summary>
    CodeTooLong,

    /// <summary>The checker died or failed, mostly because the code is nested too deeply for it.</summary>
    CheckerFailed,
}
