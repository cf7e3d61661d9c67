using System.Collections.Frozen;
using Monty.Interop;

namespace Monty.Actors;

/// <summary>The part of a tool that a session needs to announce its calls.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
/// <param name="Name">The name that scripts call.</param>
/// <param name="Kind">The kind of the tool's calls, which says how they end.</param>
/// <param name="IsAsync">True if scripts await its calls.</param>
/// <param name="Timeout">The time after which a call raises <c>TimeoutError</c>, or null for no limit.</param>
internal sealed record ToolSpec(string Name, CallKind Kind, bool IsAsync, TimeSpan? Timeout = null);

/// <summary>The tools of a session by name.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
internal sealed class ToolCatalog
{
    private readonly FrozenDictionary<string, ToolSpec> tools;
    private readonly ToolSpec? others;

    /// <summary>Creates a catalog.</summary>
    /// <param name="tools">The tools.</param>
    /// <param name="others">The specification of calls with other names, or null if such calls are not announced.</param>
    /// <exception cref="ArgumentException">Two tools have the same name.</exception>
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
        AsyncFunctions = byName.Values.Where(t => t.IsAsync).Select(t => t.Name).Order(StringComparer.Ordinal).ToEquatableArray();
    }

    /// <summary>The names of the tools that scripts call with <c>await</c>, in ordinal order.</summary>
    public EquatableArray<string> AsyncFunctions { get; }

    /// <summary>Returns the tool with this name, or null.</summary>
    public ToolSpec? Find(string name) => tools.GetValueOrDefault(name);

    /// <summary>Returns the kind of a call, and the time at which it ends by itself if it starts now.</summary>
    /// <exception cref="InvalidOperationException">The called name is not a tool. Such a call must be answered within the turn.</exception>
    /// <remarks>Times have microsecond precision, as in the store.</remarks>
    internal (CallKind Kind, DateTimeOffset? DueAt) Plan(MontySuspension call, DateTimeOffset now)
    {
        if (call is not MontyFunctionCall function)
        {
            return (CallKind.Handler, null);
        }

        var tool =
            Find(function.Name)
            ?? others
            ?? throw new InvalidOperationException($"A call of {function.Name}, which is not a tool, was not answered within the turn.");
        var wait = tool.Kind == CallKind.Timer ? TimerCall.DurationOf(function) : tool.Timeout;
        return (tool.Kind, wait is { } duration ? ToMicrosecond(now + duration) : null);
    }

    private static DateTimeOffset ToMicrosecond(DateTimeOffset at) =>
        new(at.UtcTicks - (at.UtcTicks % TimeSpan.TicksPerMicrosecond), TimeSpan.Zero);
}
