using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace Monty.Interop;

/// <summary>A host function that scripts call by name.</summary>
/// <remarks>Immutable; thread-safe as far as its handler is. Calls of one feed may run at the same time when the tool is asynchronous.</remarks>
public sealed class MontyTool
{
    internal MontyTool(
        string name,
        bool isAsync,
        Func<ToolCall, CancellationToken, ValueTask<MontyValue>> handler,
        TimeSpan? deadline = null
    )
    {
        if (deadline is { } limit)
        {
            if (!isAsync)
            {
                throw new ArgumentException(
                    $"The tool '{name}' is not asynchronous, so no deadline could end it. Return a Task, or leave the deadline out.",
                    nameof(deadline)
                );
            }

            Timeouts.Check(limit, nameof(Deadline), "; leave it null for no deadline");
        }

        (Name, IsAsync, Handler, Deadline) = (name, isAsync, handler, deadline);
    }

    private MontyTool(
        string name,
        bool isAsync,
        Func<FunctionCall, CancellationToken, ValueTask<MontyValue>> handler,
        string? stub,
        TimeSpan? deadline
    )
        : this(name, isAsync, (call, cancellationToken) => handler(call.Call, cancellationToken), deadline)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ToolNames.Check(name);
        if (stub is not null && PythonContinuation.Detect(stub + "\n\n") is var end && end != Continuation.Complete)
        {
            throw new ArgumentException(
                $"The stub of '{name}' is broken: {(end == Continuation.OpenBracket ? "a bracket is not closed" : end == Continuation.OpenString ? "a string is not closed" : "a block has no body")}. Mend it; the type checker would not read it.",
                nameof(stub)
            );
        }

        Stub =
            stub is null || Declares(stub)
                ? stub
                : throw new ArgumentException(
                    $"The stub of '{name}' does not declare it. Write '{(isAsync ? "async " : "")}def {name}(...) -> ...: ...' in it.",
                    nameof(stub)
                );
        Documented = Stub;
    }

    /// <summary>The name that scripts call.</summary>
    public string Name { get; }

    /// <summary>True when scripts must <c>await</c> the call; several such calls run at once under <c>asyncio.gather</c>.</summary>
    public bool IsAsync { get; }

    /// <summary>How long one asynchronous call may take before <c>TimeoutError</c> is raised in the script and the handler is cancelled. Default: null, no deadline.</summary>
    public TimeSpan? Deadline { get; }

    /// <summary>The Python declaration for the type checker, such as <c>def add(a: int, b: int = 0) -> int: ...</c>; null for a tool by hand without one, which may be called with anything. What it names besides, a set declares (<see cref="MontyToolSet.Stubs"/>).</summary>
    public string? Stub { get; internal init; }

    internal Func<ToolCall, CancellationToken, ValueTask<MontyValue>> Handler { get; }

    /// <summary>The declaration with its docstring.</summary>
    internal string? Documented { get; init; }

    /// <summary>The classes that the declaration names.</summary>
    internal IReadOnlyCollection<MontyHostClass> Classes { get; init; } = [];

    /// <summary>A tool whose call is a plain expression in the script, answered before the script goes on.</summary>
    /// <param name="name">A Python identifier that the runtime does not define itself.</param>
    /// <param name="handler">Gives the value. A <see cref="PythonException"/> from it is raised in the script as it is, any other exception as the nearest Python type.</param>
    /// <param name="stub">The declaration (<see cref="Stub"/>); null for none. A docstring in it is shown to models.</param>
    /// <exception cref="ArgumentException"><paramref name="name"/> is no identifier, a keyword or a builtin, or the stub does not declare it or is broken.</exception>
    public static MontyTool Sync(string name, Func<FunctionCall, MontyValue> handler, string? stub = null)
    {
        ArgumentNullException.ThrowIfNull(handler);
        return new MontyTool(name, isAsync: false, (call, _) => new ValueTask<MontyValue>(handler(call)), stub, deadline: null);
    }

    /// <summary>A tool whose call is a plain expression in the script, while the host may wait for the answer.</summary>
    /// <inheritdoc cref="Sync(string, Func{FunctionCall, MontyValue}, string?)"/>
    public static MontyTool Sync(string name, Func<FunctionCall, CancellationToken, ValueTask<MontyValue>> handler, string? stub = null)
    {
        ArgumentNullException.ThrowIfNull(handler);
        return new MontyTool(name, isAsync: false, handler, stub, deadline: null);
    }

    /// <summary>A tool that scripts <c>await</c>: its calls run at once.</summary>
    /// <param name="name">A Python identifier that the runtime does not define itself.</param>
    /// <param name="handler">Gives the value; its token is cancelled when the feed ends without it.</param>
    /// <param name="deadline">How long one call may take (<see cref="Deadline"/>); null for no deadline.</param>
    /// <param name="stub">The declaration (<see cref="Stub"/>); null for none. A docstring in it is shown to models.</param>
    /// <exception cref="ArgumentException"><paramref name="name"/> is no identifier, a keyword or a builtin, the stub does not declare it, or the deadline is not positive, or over 49 days.</exception>
    public static MontyTool Async(
        string name,
        Func<FunctionCall, CancellationToken, ValueTask<MontyValue>> handler,
        TimeSpan? deadline = null,
        string? stub = null
    )
    {
        ArgumentNullException.ThrowIfNull(handler);
        return new MontyTool(name, isAsync: true, handler, stub, deadline);
    }

    /// <summary>A tool out of a C# function: its parameters and result become Python's, arguments are checked and bound as Python does it, and <see cref="Stub"/> is its signature.</summary>
    /// <remarks>See docs/how-to/tools.md for the types and how they cross. A function that returns a task or an async stream is asynchronous.</remarks>
    /// <param name="handler">The function. Parameters of type <see cref="CancellationToken"/> and <see cref="FunctionCall"/> are filled by the host.</param>
    /// <param name="name">The name that scripts call; null for that of the method, or of the variable for a lambda, in snake case.</param>
    /// <param name="deadline">How long one call of an asynchronous function may take; null for no deadline.</param>
    /// <param name="classes">The classes of lent objects that the signature names; null for none.</param>
    /// <param name="expression">Filled by the compiler.</param>
    /// <exception cref="ArgumentException">The name cannot be called, or a type has no Python counterpart; the message says which, and the way out.</exception>
    [RequiresUnreferencedCode(ValueHydration.NeedsMembers)]
    [RequiresDynamicCode(ValueHydration.NeedsCode)]
    public static MontyTool From(
        Delegate handler,
        string? name = null,
        TimeSpan? deadline = null,
        IEnumerable<MontyHostClass>? classes = null,
        [CallerArgumentExpression(nameof(handler))] string? expression = null
    )
    {
        ArgumentNullException.ThrowIfNull(handler);
        return ToolMethod.Of(handler, name, deadline, classes, expression).ToTool();
    }

    private bool Declares(string stub) =>
        Regex.Match(
            stub,
            $@"^(?<async>async[ \t]+)?def[ \t]+{Regex.Escape(Name)}[ \t]*[(\[]",
            RegexOptions.Multiline | RegexOptions.CultureInvariant
        )
            is { Success: true } found
        && found.Groups["async"].Success == IsAsync;
}
