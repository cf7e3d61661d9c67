using System.Collections.Frozen;
using Monty.Interop;

namespace Monty.Actors;

/// <summary>What a session needs to know of a tool to announce its calls.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
/// <param name="Name">The name that scripts call.</param>
/// <param name="Kind">Who ends its calls.</param>
/// <param name="IsAsync">True when scripts await its calls.</param>
/// <param name="Timeout">How long a call may take before <c>TimeoutError</c>; null for as long as it takes.</param>
internal sealed record ToolSpec(string Name, CallKind Kind, bool IsAsync, TimeSpan? Timeout = null);

/// <summary>The tools of a session by name.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
internal sealed class ToolCatalog
{
    private readonly FrozenDictionary<string, ToolSpec> tools;
    private readonly ToolSpec? others;

    /// <summary>A catalog.</summary>
    /// <param name="tools">The tools.</param>
    /// <param name="others">What calls of other names are, where they are announced; null where none is.</param>
    /// <exception cref="ArgumentException">Two tools have one name.</exception>
    public ToolCatalog(IEnumerable<ToolSpec> tools, ToolSpec? others = null)
    {
        this.others = others;
        var byName = new Dictionary<string, ToolSpec>(StringComparer.Ordinal);
        foreach (var tool in tools)
        {
            if (!byName.TryAdd(tool.Name, tool))
            {
                throw new ArgumentException($"Two tools are named '{tool.Name}'. Rename one of them.", nameof(tools));
            }
        }

        this.tools = byName.ToFrozenDictionary(StringComparer.Ordinal);
    }

    /// <summary>The tool of this name, or null.</summary>
    public ToolSpec? Find(string name) => tools.GetValueOrDefault(name);

    /// <summary>Who ends a call, and when it ends by itself if it began now.</summary>
    /// <exception cref="InvalidOperationException">No tool has the name of the call, which should have been answered on the spot.</exception>
    /// <remarks>Times are kept to the microsecond, as records keep them.</remarks>
    internal (CallKind Kind, DateTimeOffset? DueAt) Plan(MontySuspension call, DateTimeOffset now)
    {
        if (call is not MontyFunctionCall function)
        {
            return (CallKind.Handler, null);
        }

        var tool =
            Find(function.Name)
            ?? others
            ?? throw new InvalidOperationException($"A call of {function.Name}, which is no tool, was not answered on the spot.");
        var wait = tool.Kind == CallKind.Timer ? TimerCall.DurationOf(function) : tool.Timeout;
        return (tool.Kind, wait is { } duration ? ToMicrosecond(now + duration) : null);
    }

    private static DateTimeOffset ToMicrosecond(DateTimeOffset at) =>
        new(at.UtcTicks - (at.UtcTicks % TimeSpan.TicksPerMicrosecond), TimeSpan.Zero);
}
