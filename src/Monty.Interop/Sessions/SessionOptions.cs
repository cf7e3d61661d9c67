using Monty.Interop.Sessions;

namespace Monty.Interop;

/// <summary>The options of a session.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed record SessionOptions
{
    internal static SessionOptions Default { get; } = new();

    /// <summary>The script's name in frames and tracebacks, for feeds without a name of their own. Default: <c>main.py</c>.</summary>
    public string ScriptName { get; init; } = "main.py";

    /// <summary>The limits of the session. Default: <see cref="MontyLimits.Default"/>.</summary>
    public MontyLimits Limits { get; init; } = MontyLimits.Default;

    /// <summary>The maximum duration of one turn by the host's clock. After it, the worker is killed and the session is lost. Default: null, which means ten seconds more than the rest of <see cref="MontyLimits.MaxDuration"/> if that is set, and otherwise no timeout.</summary>
    /// <remarks>It backs up <see cref="MontyLimits.MaxDuration"/>, which the runtime polls only between instructions: <c>pow</c> of large ints can run for minutes.</remarks>
    public TimeSpan? TurnTimeout { get; init; }

    /// <summary>True to send each printed line at once, which costs about 30 µs for each line. Otherwise text is sent in chunks of up to 8 KiB every 5 ms. Default: false.</summary>
    public bool FlushEachLine { get; init; }

    /// <summary>The type check of feeds, before each runs or on demand. Default: null, which means no checks, and no sources are kept for them.</summary>
    public SessionTypeCheck? TypeCheck { get; init; }

    /// <summary>Python source that runs when the session is opened and after each reset, such as imports, functions and constants. It cannot use tools or inputs. Default: none.</summary>
    public string? Preamble { get; init; }

    internal void Validate()
    {
        if (string.IsNullOrWhiteSpace(ScriptName))
        {
            throw new ArgumentException("ScriptName is empty. Set a name for tracebacks, such as main.py.");
        }

        if (TurnTimeout is { } timeout)
        {
            Timeouts.Check(timeout, nameof(TurnTimeout), "; leave it null for no timeout");
        }

        ArgumentNullException.ThrowIfNull(Limits);
        Limits.Validate();
    }
}
