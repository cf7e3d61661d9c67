using System.Numerics;
using Monty.Interop;

namespace Monty.Actors;

/// <summary>Validates the arguments of a timer: <c>sleep(seconds)</c>.</summary>
/// <remarks>Pure.</remarks>
internal static class TimerCall
{
    /// <summary>The maximum duration of a timer: ten years, so that the due time is always a valid date.</summary>
    public static TimeSpan MaxDuration { get; } = TimeSpan.FromDays(3653);

    /// <summary>Returns the Python exception for invalid arguments, or null if they are valid.</summary>
    public static PythonError? Check(MontyFunctionCall call)
    {
        ArgumentNullException.ThrowIfNull(call);
        if (call.Keywords.Count > 0)
        {
            return new PythonError("TypeError", $"{call.Name}() takes no keyword arguments");
        }

        if (call.Arguments.Count != 1)
        {
            return new PythonError("TypeError", $"{call.Name}() takes exactly one argument ({call.Arguments.Count} given)");
        }

        if (call.Arguments[0] is not (MontyInt or MontyFloat))
        {
            return new PythonError("TypeError", $"{call.Name}() takes seconds as int or float, not {call.Arguments[0].TypeName}");
        }

        return Seconds(call) switch
        {
            null => new PythonError("ValueError", $"{call.Name}() takes seconds from 0 to {MaxDuration.TotalSeconds:F0}"),
            _ => null,
        };
    }

    /// <summary>Returns the duration of a call that passed <see cref="Check"/>.</summary>
    internal static TimeSpan DurationOf(MontyFunctionCall call) =>
        TimeSpan.FromSeconds(Seconds(call) ?? throw new InvalidOperationException($"The arguments of {call.Name} were not checked."));

    private static double? Seconds(MontyFunctionCall call)
    {
        double? seconds = call.Arguments[0] switch
        {
            MontyInt number when number.Value >= BigInteger.Zero && number.Value <= (BigInteger)MaxDuration.TotalSeconds => (double)
                number.Value,
            MontyFloat number when number.Value >= 0 && number.Value <= MaxDuration.TotalSeconds => number.Value,
            _ => null,
        };
        return seconds;
    }
}
