namespace Monty.Interop.Tests;

/// <summary>Makes events of two runs comparable.</summary>
internal static class Progress
{
    /// <summary>The event without the time that the clock of its run gave it.</summary>
    public static MontyProgress Timeless(this MontyProgress progress) => progress with { ExecutionTime = default };
}
