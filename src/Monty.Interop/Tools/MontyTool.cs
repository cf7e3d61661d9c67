using Monty.Interop.Wire;

namespace Monty.Interop;

/// <summary>A host function that scripts call by name.</summary>
/// <remarks>Immutable; thread-safe as far as its handler is. Calls of one feed may run at the same time when the tool is asynchronous.</remarks>
public sealed class MontyTool
{
    private MontyTool(string name, bool isAsync, Func<FunctionCall, CancellationToken, ValueTask<MontyValue>> handler)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(handler);
        if (!RuntimeNames.IsIdentifier(name)) throw new ArgumentException($"'{name}' is no Python identifier, so no script could call it. Use letters, digits and underscores.", nameof(name));
        (Name, IsAsync, Handler) = (name, isAsync, handler);
    }

    /// <summary>The name that scripts call.</summary>
    public string Name { get; }

    /// <summary>True when scripts must <c>await</c> the call; several such calls run at once under <c>asyncio.gather</c>.</summary>
    public bool IsAsync { get; }

    /// <summary>How long one asynchronous call may take before <c>TimeoutError</c> is raised in the script and the handler is cancelled. Default: null, no deadline.</summary>
    public TimeSpan? Deadline { get; private init; }

    internal Func<FunctionCall, CancellationToken, ValueTask<MontyValue>> Handler { get; }

    /// <summary>A tool whose call is a plain expression in the script, answered before the script goes on.</summary>
    /// <param name="name">A Python identifier.</param>
    /// <param name="handler">Gives the value. A <see cref="PythonException"/> from it is raised in the script as it is, any other exception as the nearest Python type.</param>
    /// <exception cref="ArgumentException"><paramref name="name"/> is no identifier.</exception>
    public static MontyTool Sync(string name, Func<FunctionCall, MontyValue> handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        return new MontyTool(name, isAsync: false, (call, _) => new ValueTask<MontyValue>(handler(call)));
    }

    /// <summary>A tool whose call is a plain expression in the script, while the host may wait for the answer.</summary>
    /// <inheritdoc cref="Sync(string, Func{FunctionCall, MontyValue})"/>
    public static MontyTool Sync(string name, Func<FunctionCall, CancellationToken, ValueTask<MontyValue>> handler) => new(name, isAsync: false, handler);

    /// <summary>A tool that scripts <c>await</c>: its calls run at once.</summary>
    /// <param name="name">A Python identifier.</param>
    /// <param name="handler">Gives the value; its token is cancelled when the feed ends without it.</param>
    /// <param name="deadline">How long one call may take (<see cref="Deadline"/>); null for no deadline.</param>
    /// <exception cref="ArgumentException"><paramref name="name"/> is no identifier, or the deadline is not positive, or over 49 days.</exception>
    public static MontyTool Async(string name, Func<FunctionCall, CancellationToken, ValueTask<MontyValue>> handler, TimeSpan? deadline = null)
    {
        if (deadline is { } limit) Timeouts.Check(limit, nameof(Deadline), "; leave it null for no deadline");
        return new MontyTool(name, isAsync: true, handler) { Deadline = deadline };
    }
}
