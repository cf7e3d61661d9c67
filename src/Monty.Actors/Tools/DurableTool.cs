using Monty.Interop;

namespace Monty.Actors;

/// <summary>
/// A host function of durable sessions, with its timeout and retries. Its calls are answered by a handler in this process, or from outside.
/// </summary>
/// <remarks>
/// <para>Immutable. Thread-safe if its handler is: a handler may run for several sessions at once. Create a tool with <see cref="External"/> or one of the
/// <c>Handled</c> methods, and change its properties with a <c>with</c> expression.</para>
/// <para>A handler runs at least once for each call, and again if the process died before its answer was durable. Make its effect idempotent with
/// <see cref="DurableCall.IdempotencyKey"/>.</para>
/// </remarks>
public sealed record DurableTool
{
    private readonly MontyTool? made;

    private DurableTool(string name, CallKind kind, bool isAsync, Func<DurableCall, CancellationToken, ValueTask<MontyValue>>? handler)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        Name = name;
        Kind = kind;
        IsAsync = isAsync;
        Handler = handler;
        Declare(stub: null); // checks the name
    }

    private DurableTool(MontyTool made)
        : this(made.Name, CallKind.Handler, made.IsAsync, (call, cancellationToken) => made.InvokeAsync(call.Call, cancellationToken))
    {
        this.made = made;
        Stub = made.Stub;
    }

    /// <summary>The name that scripts call.</summary>
    public string Name { get; }

    /// <summary>The kind of the tool's calls, which says how they end.</summary>
    public CallKind Kind { get; }

    /// <summary>True if scripts <c>await</c> its calls. Several calls can then be open at once, for example with <c>asyncio.gather</c>.</summary>
    public bool IsAsync { get; }

    /// <summary>
    /// The maximum duration of a call, including all its attempts. When it passes, <c>TimeoutError</c> is raised in the script. Default: null, no limit.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive, or is more than ten years.</exception>
    public TimeSpan? Timeout
    {
        get;
        init =>
            field =
                value is null || (value > TimeSpan.Zero && value <= TimerCall.MaxDuration)
                    ? value
                    : throw new ArgumentOutOfRangeException(
                        nameof(Timeout),
                        value,
                        $"A call's timeout must be positive and at most {TimerCall.MaxDuration.TotalDays} days. Use null for no limit."
                    );
    }

    /// <summary>
    /// The maximum number of attempts of the handler, before its exception is raised in the script. A <see cref="PythonException"/> is an answer, and is not
    /// retried. Default: 1.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is less than 1.</exception>
    public int MaxAttempts
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1, nameof(MaxAttempts));
            field = value;
        }
    } = 1;

    /// <summary>
    /// The delay between the first failed attempt and the second one. Each further delay is twice as long as the one before, up to one hour. Default: 1
    /// second.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative, or is more than one hour.</exception>
    public TimeSpan RetryDelay
    {
        get;
        init =>
            field =
                value >= TimeSpan.Zero && value <= LongestDelay
                    ? value
                    : throw new ArgumentOutOfRangeException(
                        nameof(RetryDelay),
                        value,
                        "The delay of a retry must not be negative and must be at most one hour."
                    );
    } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// True if the handler changes nothing outside the session. It then runs within the turn, without being recorded first, and runs again if the turn does.
    /// Default: false.
    /// </summary>
    /// <remarks>
    /// Only for synchronous tools. The worker waits for the handler until <see cref="Timeout"/> or the deadline of the turn, whichever is earlier, and then
    /// the handler's token is canceled. The handler is tried once, regardless of <see cref="MaxAttempts"/>.
    /// </remarks>
    /// <exception cref="ArgumentException">The tool is asynchronous or has no handler.</exception>
    public bool IsReadOnly
    {
        get;
        init =>
            field =
                !value || (Kind == CallKind.Handler && !IsAsync)
                    ? value
                    : throw new ArgumentException(
                        $"The tool '{Name}' cannot be read-only, because it is asynchronous or has no handler. Use a synchronous tool with a handler.",
                        nameof(IsReadOnly)
                    );
    }

    /// <summary>
    /// The Python declaration for the type check of feeds, such as <c>def add(a: int, b: int = 0) -> int: ...</c>. Default: the stub of the
    /// <see cref="MontyTool"/> that the tool was created from, otherwise null, which accepts all arguments.
    /// </summary>
    /// <exception cref="ArgumentException">The stub does not declare the tool, or is not valid Python.</exception>
    public string? Stub
    {
        get;
        init => field = Declare(value).Stub;
    }

    /// <summary>The tool as the type check knows it, with the classes that its stub names.</summary>
    internal MontyTool Declaration => made is not null && made.Stub == Stub ? made : Declare(Stub);

    internal Func<DurableCall, CancellationToken, ValueTask<MontyValue>>? Handler { get; }

    private static TimeSpan LongestDelay { get; } = TimeSpan.FromHours(1);

    /// <summary>Creates a tool that a handler in this process answers.</summary>
    /// <remarks>The handler runs after its call is durable. If the process dies before the answer is durable, the handler runs again with the same arguments
    /// and the same <see cref="DurableCall.IdempotencyKey"/>.</remarks>
    /// <param name="name">A Python identifier that is not a keyword or a builtin of the runtime.</param>
    /// <param name="handler">
    /// Returns the answer. May run on any thread. Its token is canceled when the call ends without it, or the engine stops. A value that it returns after
    /// that is still its answer; a handler that throws is run again by the next engine.
    /// </param>
    /// <param name="isAsync">True if scripts <c>await</c> the call.</param>
    /// <exception cref="ArgumentException"><paramref name="name"/> is not an identifier, or is a keyword or a builtin.</exception>
    public static DurableTool Handled(
        string name,
        Func<DurableCall, CancellationToken, ValueTask<MontyValue>> handler,
        bool isAsync = false
    )
    {
        ArgumentNullException.ThrowIfNull(handler);
        return new DurableTool(name, CallKind.Handler, isAsync, handler);
    }

    /// <summary>
    /// Creates a durable tool from a tool of the client library, such as one made from a C# function. It cannot lend host objects to a durable session.
    /// </summary>
    /// <param name="tool">The tool. Its deadline becomes <see cref="Timeout"/>.</param>
    public static DurableTool Handled(MontyTool tool)
    {
        ArgumentNullException.ThrowIfNull(tool);
        return new DurableTool(tool) { Timeout = tool.Timeout };
    }

    /// <summary>
    /// Creates a tool that is answered from outside the engine with an <see cref="AnswerCommand"/>, for example by a person or another service.
    /// </summary>
    /// <param name="name">A Python identifier that is not a keyword or a builtin of the runtime.</param>
    /// <param name="isAsync">True if scripts <c>await</c> the call.</param>
    /// <exception cref="ArgumentException"><paramref name="name"/> is not an identifier, or is a keyword or a builtin.</exception>
    public static DurableTool External(string name, bool isAsync = false) => new(name, CallKind.External, isAsync, handler: null);

    internal static DurableTool Timer { get; } =
        new("sleep", CallKind.Timer, isAsync: true, handler: null) { Stub = "async def sleep(seconds: float, /) -> None: ..." };

    internal static DurableTool Signal { get; } =
        new("receive", CallKind.Signal, isAsync: true, handler: null) { Stub = "async def receive(name: str, /) -> Any: ..." };

    internal ToolSpec Spec => new(Name, Kind, IsAsync, Timeout);

    private MontyTool Declare(string? stub) =>
        IsAsync ? MontyTool.Async(Name, static (_, _) => default, stub: stub) : MontyTool.Sync(Name, static (_, _) => default, stub);

    /// <summary>Returns the delay after a failed attempt.</summary>
    internal TimeSpan DelayAfter(int attempt)
    {
        var ticks = RetryDelay.Ticks * Math.Pow(2, attempt - 1);
        return ticks < LongestDelay.Ticks ? TimeSpan.FromTicks((long)ticks) : LongestDelay;
    }
}

/// <summary>One attempt of a call, as given to its handler.</summary>
/// <param name="Session">The session that made the call.</param>
/// <param name="Feed">The number of the feed that made the call.</param>
/// <param name="Call">The call as the script made it.</param>
/// <param name="Attempt">The number of the attempt, counted from 1. An attempt that was lost with its process is made again under the same number.</param>
/// <param name="ArgumentsHash">The SHA-256 of the name and arguments in hexadecimal. It is the same in every attempt.</param>
public sealed record DurableCall(SessionId Session, int Feed, MontyFunctionCall Call, int Attempt, string ArgumentsHash)
{
    /// <summary>The name of the tool.</summary>
    public string Name => Call.Name;

    /// <summary>The positional arguments, in order.</summary>
    public EquatableArray<MontyValue> Arguments => Call.Arguments;

    /// <summary>The keyword arguments, in the order written.</summary>
    public EquatableArray<KeyValuePair<string, MontyValue>> Keywords => Call.Keywords;

    /// <summary>
    /// A key that is the same in every attempt of this call, and differs from that of all other calls. Pass it to other services, so that an effect happens
    /// only once.
    /// </summary>
    /// <remarks>
    /// The key consists of the tenant, the name of the session, and the numbers of the feed and the call. A session that is opened under the name of a purged
    /// one produces the same keys again, so use each name only once.
    /// </remarks>
    public string IdempotencyKey => $"{Session}/{Feed}/{Call?.CallId}";
}
