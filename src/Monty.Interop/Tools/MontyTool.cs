using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Monty.Interop.Sessions;
using Monty.Interop.Tools;
using Monty.Interop.Tools.Signatures;

namespace Monty.Interop;

/// <summary>A host function that scripts call by name.</summary>
/// <remarks>Immutable; thread-safe as far as its handler is. Calls of one feed may run at the same time when the tool is asynchronous.</remarks>
public sealed class MontyTool
{
    internal MontyTool(
        string name,
        bool isAsync,
        Func<ToolCall, CancellationToken, ValueTask<MontyValue>> handler,
        TimeSpan? timeout = null
    )
    {
        if (timeout is { } limit)
        {
            if (!isAsync)
            {
                throw new ArgumentException(
                    $"The tool '{name}' is not asynchronous, so no timeout could end it. Return a Task, or leave the timeout out.",
                    nameof(timeout)
                );
            }

            Timeouts.Check(limit, nameof(Timeout), "; leave it null for no timeout");
        }

        Name = name;
        IsAsync = isAsync;
        Handler = handler;
        Timeout = timeout;
    }

    private MontyTool(
        string name,
        bool isAsync,
        Func<MontyFunctionCall, CancellationToken, ValueTask<MontyValue>> handler,
        string? stub,
        TimeSpan? timeout
    )
        : this(name, isAsync, (call, cancellationToken) => handler(call.Call, cancellationToken), timeout)
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

    /// <summary>True when a call of the tool changes nothing outside the script, so that one that is forgotten does no harm. Default: false, the tool has an effect.</summary>
    /// <remarks>A type check refuses code that calls an asynchronous tool with an effect and does not await it (<see cref="SessionTypeCheck.ErrorRules"/>).</remarks>
    public bool IsReadOnly { get; internal init; }

    /// <summary>How long one asynchronous call may take before <c>TimeoutError</c> is raised in the script and the handler is cancelled. Default: null, no timeout.</summary>
    public TimeSpan? Timeout { get; }

    /// <summary>The Python declaration for the type checker, such as <c>def add(a: int, b: int = 0) -> int: ...</c>; null for a tool by hand without one, which may be called with anything. What it names besides, a set declares (<see cref="MontyToolSet.Stubs"/>).</summary>
    public string? Stub { get; internal init; }

    internal Func<ToolCall, CancellationToken, ValueTask<MontyValue>> Handler { get; }

    /// <summary>The declaration with its docstring.</summary>
    internal string? Documented { get; init; }

    /// <summary>The classes that the declaration names.</summary>
    internal IReadOnlyCollection<MontyHostClass> Classes { get; init; } = [];

    /// <summary>A tool whose call is a plain expression in the script, answered before the script goes on.</summary>
    /// <param name="name">A Python identifier that the runtime does not define itself.</param>
    /// <param name="handler">Gives the value. A <see cref="PythonException"/> from it is raised in the script as it is, of any other the script sees the nearest Python type and that the tool failed (<see cref="FeedOptions.OnHandlerError"/>).</param>
    /// <param name="stub">The declaration (<see cref="Stub"/>); null for none. A docstring in it is shown to models.</param>
    /// <param name="isReadOnly">True when a call changes nothing outside the script (<see cref="IsReadOnly"/>).</param>
    /// <exception cref="ArgumentException"><paramref name="name"/> is no identifier, a keyword or a builtin, or the stub does not declare it or is broken.</exception>
    public static MontyTool Sync(string name, Func<MontyFunctionCall, MontyValue> handler, string? stub = null, bool isReadOnly = false)
    {
        ArgumentNullException.ThrowIfNull(handler);
        return new MontyTool(name, isAsync: false, (call, _) => new ValueTask<MontyValue>(handler(call)), stub, timeout: null)
        {
            IsReadOnly = isReadOnly,
        };
    }

    /// <summary>A tool whose call is a plain expression in the script, while the host may wait for the answer.</summary>
    /// <inheritdoc cref="Sync(string, Func{MontyFunctionCall, MontyValue}, string?, bool)"/>
    public static MontyTool Sync(
        string name,
        Func<MontyFunctionCall, CancellationToken, ValueTask<MontyValue>> handler,
        string? stub = null,
        bool isReadOnly = false
    )
    {
        ArgumentNullException.ThrowIfNull(handler);
        return new MontyTool(name, isAsync: false, handler, stub, timeout: null) { IsReadOnly = isReadOnly };
    }

    /// <summary>A tool that scripts <c>await</c>: its calls run at once.</summary>
    /// <param name="name">A Python identifier that the runtime does not define itself.</param>
    /// <param name="handler">Gives the value; its token is cancelled when the feed ends without it.</param>
    /// <param name="timeout">How long one call may take (<see cref="Timeout"/>); null for no timeout.</param>
    /// <param name="stub">The declaration (<see cref="Stub"/>); null for none. A docstring in it is shown to models.</param>
    /// <param name="isReadOnly">True when a call changes nothing outside the script (<see cref="IsReadOnly"/>).</param>
    /// <exception cref="ArgumentException"><paramref name="name"/> is no identifier, a keyword or a builtin, the stub does not declare it, or the timeout is not positive, or over 49 days.</exception>
    public static MontyTool Async(
        string name,
        Func<MontyFunctionCall, CancellationToken, ValueTask<MontyValue>> handler,
        TimeSpan? timeout = null,
        string? stub = null,
        bool isReadOnly = false
    )
    {
        ArgumentNullException.ThrowIfNull(handler);
        return new MontyTool(name, isAsync: true, handler, stub, timeout) { IsReadOnly = isReadOnly };
    }

    /// <summary>A tool out of a C# function: its parameters and result become Python's, arguments are checked and bound as Python does it, and <see cref="Stub"/> is its signature.</summary>
    /// <remarks>See docs/how-to/tools.md for the types and how they cross. A function that returns a task or an async stream is asynchronous.</remarks>
    /// <param name="handler">The function. Parameters of type <see cref="CancellationToken"/> and <see cref="MontyFunctionCall"/> are filled by the host.</param>
    /// <param name="name">The name that scripts call; null for that of the method, or of the variable for a lambda, in snake case.</param>
    /// <param name="timeout">How long one call of an asynchronous function may take; null for no timeout.</param>
    /// <param name="classes">The classes of lent objects that the signature names; null for none.</param>
    /// <param name="isReadOnly">True when a call changes nothing outside the script (<see cref="IsReadOnly"/>).</param>
    /// <param name="expression">Filled by the compiler.</param>
    /// <exception cref="ArgumentException">The name cannot be called, or a type has no Python counterpart; the message says which, and the way out.</exception>
    [RequiresUnreferencedCode(ValueHydration.NeedsMembers)]
    [RequiresDynamicCode(ValueHydration.NeedsCode)]
    public static MontyTool From(
        Delegate handler,
        string? name = null,
        TimeSpan? timeout = null,
        IEnumerable<MontyHostClass>? classes = null,
        bool isReadOnly = false,
        [CallerArgumentExpression(nameof(handler))] string? expression = null
    )
    {
        ArgumentNullException.ThrowIfNull(handler);
        return ToolMethod.From(handler, name, timeout, classes, expression).ToTool(isReadOnly);
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
