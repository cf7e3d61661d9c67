using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Monty.Interop.HostObjects;
using Monty.Interop.Sessions;
using Monty.Interop.Tools;
using Monty.Interop.Tools.Signatures;

namespace Monty.Interop;

/// <summary>A host function that scripts call by name.</summary>
/// <remarks>Immutable. Thread-safe when its handler is. Calls of an asynchronous tool may run concurrently, also within one feed.</remarks>
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
                    $"The tool '{name}' cannot have a timeout, because it is not asynchronous. Return a Task, or remove the timeout.",
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
        if (stub is not null)
        {
            RequireComplete(stub);
            RequireDeclaration(stub);
        }

        Stub = stub;
        DocumentedStub = stub;
    }

    /// <summary>The name that scripts call.</summary>
    public string Name { get; }

    /// <summary>True when scripts must <c>await</c> the call. Such calls run concurrently under <c>asyncio.gather</c>.</summary>
    public bool IsAsync { get; }

    /// <summary>True when a call of the tool changes nothing outside the script, so that a forgotten call does no harm. Default: false, a call has effects.</summary>
    /// <remarks>A type check refuses code that calls an asynchronous tool with effects and does not await the call (<see cref="SessionTypeCheck.ErrorRules"/>).</remarks>
    public bool IsReadOnly { get; internal init; }

    /// <summary>The maximum duration of one asynchronous call. After it, <c>TimeoutError</c> is raised in the script and the handler is canceled. Default: null, no timeout.</summary>
    public TimeSpan? Timeout { get; }

    /// <summary>The Python declaration for the type checker, such as <c>def add(a: int, b: int = 0) -> int: ...</c>. It is null for a tool that was created without one, which accepts any arguments. Classes that the declaration refers to are declared by <see cref="MontyToolSet.Stubs"/>.</summary>
    public string? Stub { get; internal init; }

    internal Func<ToolCall, CancellationToken, ValueTask<MontyValue>> Handler { get; }

    /// <summary>The declaration with a docstring, or null.</summary>
    internal string? DocumentedStub { get; init; }

    /// <summary>The classes that the declaration refers to.</summary>
    internal IReadOnlyCollection<MontyHostClass> Classes { get; init; } = [];

    /// <summary>Creates a tool that scripts call without <c>await</c>. The script waits until the handler returns.</summary>
    /// <param name="name">The name that scripts call. It must be a Python identifier that the runtime does not define itself.</param>
    /// <param name="handler">Returns the value of the call. A <see cref="PythonException"/> that it throws is raised unchanged in the script. For any other exception, the script sees only the nearest Python type and the name of the tool that failed (<see cref="FeedOptions.OnHandlerError"/>).</param>
    /// <param name="stub">The declaration (<see cref="Stub"/>), or null. A docstring in it is shown to models.</param>
    /// <param name="isReadOnly">True when a call changes nothing outside the script (<see cref="IsReadOnly"/>).</param>
    /// <exception cref="ArgumentException"><paramref name="name"/> is not an identifier, or is a keyword or a builtin; or the stub is not complete Python, or does not declare the tool.</exception>
    public static MontyTool Sync(string name, Func<MontyFunctionCall, MontyValue> handler, string? stub = null, bool isReadOnly = false)
    {
        ArgumentNullException.ThrowIfNull(handler);
        return new MontyTool(name, isAsync: false, (call, _) => new ValueTask<MontyValue>(handler(call)), stub, timeout: null)
        {
            IsReadOnly = isReadOnly,
        };
    }

    /// <summary>Creates a tool that scripts call without <c>await</c>, with an asynchronous handler. The script waits until the handler completes.</summary>
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

    /// <summary>Creates a tool that scripts call with <c>await</c>. Its calls may run concurrently.</summary>
    /// <param name="name">The name that scripts call. It must be a Python identifier that the runtime does not define itself.</param>
    /// <param name="handler">Returns the value of the call. Its token is canceled when the call times out, or when the feed ends without waiting for the call.</param>
    /// <param name="timeout">The maximum duration of one call (<see cref="Timeout"/>), or null for no timeout.</param>
    /// <param name="stub">The declaration (<see cref="Stub"/>), or null. A docstring in it is shown to models.</param>
    /// <param name="isReadOnly">True when a call changes nothing outside the script (<see cref="IsReadOnly"/>).</param>
    /// <exception cref="ArgumentException"><paramref name="name"/> is not an identifier, or is a keyword or a builtin; the stub is not complete Python, or does not declare the tool; or the timeout is not positive, or is longer than 49 days.</exception>
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

    /// <summary>Creates a tool from a C# function. Arguments are bound and checked by Python's rules, and <see cref="Stub"/> is generated from the signature.</summary>
    /// <remarks>See docs/how-to/tools.md for the supported types and their conversions. A function that returns a task or an async stream is asynchronous.</remarks>
    /// <param name="handler">The function. The host supplies arguments for parameters of type <see cref="CancellationToken"/> and <see cref="MontyFunctionCall"/>.</param>
    /// <param name="name">The name that scripts call, or null to use the name of the method, or of the variable that holds a lambda, in snake case.</param>
    /// <param name="timeout">The maximum duration of one call of an asynchronous function, or null for no timeout.</param>
    /// <param name="classes">The classes of lent objects in the signature, or null when there are none.</param>
    /// <param name="isReadOnly">True when a call changes nothing outside the script (<see cref="IsReadOnly"/>).</param>
    /// <param name="expression">Supplied by the compiler.</param>
    /// <exception cref="ArgumentException">The name cannot be used, or a type has no Python counterpart. The message says which, and what to use instead.</exception>
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

    /// <summary>Runs the handler for a call that no session of this library made, for example in an engine that stores calls, or in a test.</summary>
    /// <remarks>
    /// Objects that the tool lends cannot be used later, because no session holds them. The method does not apply <see cref="Timeout"/>. The caller must apply it.
    /// </remarks>
    /// <param name="call">The call.</param>
    /// <param name="cancellationToken">The token of the handler.</param>
    /// <returns>The value of the call.</returns>
    /// <exception cref="PythonException">The handler raised an exception, or the arguments do not fit the signature.</exception>
    public ValueTask<MontyValue> InvokeAsync(MontyFunctionCall call, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(call);
        return Handler(new ToolCall(call, new LentObjects()), cancellationToken);
    }

    private void RequireComplete(string stub)
    {
        var problem = PythonContinuation.Detect(stub + "\n\n") switch
        {
            Continuation.Complete => null,
            Continuation.OpenBracket => "a bracket is not closed",
            Continuation.OpenString => "a string is not closed",
            _ => "a block has no body",
        };
        if (problem is not null)
        {
            throw new ArgumentException(
                $"The stub of '{Name}' is not complete Python: {problem}. Correct it, as the type checker cannot read it.",
                nameof(stub)
            );
        }
    }

    private void RequireDeclaration(string stub)
    {
        var declaration = Regex.Match(
            stub,
            $@"^(?<async>async[ \t]+)?def[ \t]+{Regex.Escape(Name)}[ \t]*[(\[]",
            RegexOptions.Multiline | RegexOptions.CultureInvariant
        );
        if (!declaration.Success || declaration.Groups["async"].Success != IsAsync)
        {
            throw new ArgumentException(
                $"The stub of '{Name}' does not declare the tool. Add '{(IsAsync ? "async " : "")}def {Name}(...) -> ...: ...' to it.",
                nameof(stub)
            );
        }
    }
}
