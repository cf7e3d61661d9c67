using Monty.Interop.Sessions;

namespace Monty.Interop;

/// <summary>How a session is set up.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed record SessionOptions
{
    internal static SessionOptions Default { get; } = new();

    /// <summary>The script's name in frames and tracebacks, for feeds that give none of their own. Default: <c>main.py</c>.</summary>
    public string ScriptName { get; init; } = "main.py";

    /// <summary>What the session may use. Default: <see cref="MontyLimits.Default"/>.</summary>
    public MontyLimits Limits { get; init; } = MontyLimits.Default;

    /// <summary>How long one turn may take by the host's clock before its worker is killed and the session lost. Default: null, ten seconds more than what is left of <see cref="MontyLimits.MaxDuration"/> where that is set, and no timeout else.</summary>
    /// <remarks>A watchdog behind <see cref="MontyLimits.MaxDuration"/>, which the runtime polls only between instructions: <c>pow</c> of large ints runs on for minutes.</remarks>
    public TimeSpan? TurnTimeout { get; init; }

    /// <summary>Whether each printed line is sent at once instead of in chunks of up to 8 KiB every 5 ms; costs about 30 µs a line. Default: false.</summary>
    public bool FlushEachLine { get; init; }

    /// <summary>Checks the types of each feed before it runs, or on demand. Default: null, no checks, and nothing is remembered for them.</summary>
    public SessionTypeCheck? TypeCheck { get; init; }

    /// <summary>Python source that runs when the session is opened, and again after each reset: imports, functions, constants. It has no tools and no inputs. Default: none.</summary>
    public string? Preamble { get; init; }

    internal void Validate()
    {
        if (string.IsNullOrWhiteSpace(ScriptName))
        {
            throw new ArgumentException("ScriptName is empty. Give the script a name, such as main.py; tracebacks show it.");
        }

        if (TurnTimeout is { } timeout)
        {
            Timeouts.Check(timeout, nameof(TurnTimeout), "; leave it null for no timeout");
        }

        ArgumentNullException.ThrowIfNull(Limits);
        Limits.Validate();
    }
}
