using Monty.Interop;
using Monty.Interop.HostObjects;
using Monty.Interop.Tools;

namespace Monty.Actors;

/// <summary>A host function of durable sessions: who ends its calls, how long they may take, and how often they are tried.</summary>
/// <remarks>Immutable; thread-safe as far as its handler is.</remarks>
public sealed record DurableTool
{
    private readonly MontyTool? made;

    private DurableTool(string name, CallKind kind, bool isAsync, Func<DurableCall, CancellationToken, ValueTask<MontyValue>>? handler)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ToolNames.Check(name);
        (Name, Kind, IsAsync, Handler) = (name, kind, isAsync, handler);
    }

    private DurableTool(MontyTool made)
        : this(
            made.Name,
            CallKind.Handler,
            made.IsAsync,
            (call, cancellationToken) => made.Handler(new ToolCall(call.Call, new LentObjects()), cancellationToken)
        ) => (this.made, Stub) = (made, made.Stub);

    /// <summary>The name that scripts call.</summary>
    public string Name { get; }

    /// <summary>Who ends its calls.</summary>
    public CallKind Kind { get; }

    /// <summary>True when scripts <c>await</c> its calls; several of them are open at once under <c>asyncio.gather</c>.</summary>
    public bool IsAsync { get; }

    /// <summary>How long a call may take, all its attempts together, before <c>TimeoutError</c> is raised in the script. Default: null, as long as it takes.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not positive, or over ten years.</exception>
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
                        $"A call's timeout is positive and {TimerCall.MaxDuration.TotalDays} days at most; leave it null for none."
                    );
    }

    /// <summary>How often the handler is tried before its exception is raised in the script; a <see cref="PythonException"/> is an answer and is not tried again. Default: 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is less than 1.</exception>
    public int MaxAttempts
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1, nameof(MaxAttempts));
            field = value;
        }
    } = 1;

    /// <summary>How long the second attempt waits after the first failed; every further one waits twice as long as the one before, an hour at most. Default: 1 second.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative, or over an hour.</exception>
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
                        "The delay of a retry is an hour at most and not negative."
                    );
    } = TimeSpan.FromSeconds(1);

    /// <summary>True when its handler changes nothing outside: it is run within the turn, without being announced, and again where the turn is. Default: false.</summary>
    /// <remarks>Only for tools that are not asynchronous. The worker waits for the handler, for <see cref="Timeout"/> or the turn's deadline, whichever is shorter; its token is cancelled then. It is tried once, whatever <see cref="MaxAttempts"/> says.</remarks>
    /// <exception cref="ArgumentException">The tool is asynchronous or has no handler.</exception>
    public bool IsReadOnly
    {
        get;
        init =>
            field =
                !value || (Kind == CallKind.Handler && !IsAsync)
                    ? value
                    : throw new ArgumentException(
                        $"The tool '{Name}' is asynchronous or has no handler here, so that it cannot be run within a turn.",
                        nameof(IsReadOnly)
                    );
    }

    /// <summary>The Python declaration that the type check of feeds reads, such as <c>def add(a: int, b: int = 0) -> int: ...</c>. Default: that of the tool which it was made from, else null: it may be called with anything.</summary>
    /// <exception cref="ArgumentException">It does not declare the tool, or is broken.</exception>
    public string? Stub
    {
        get;
        init => field = Declare(value).Stub;
    }

    /// <summary>The tool as the type check knows it, with the classes that its stub names.</summary>
    internal MontyTool Declaration => made is not null && made.Stub == Stub ? made : Declare(Stub);

    internal Func<DurableCall, CancellationToken, ValueTask<MontyValue>>? Handler { get; }

    private static TimeSpan LongestDelay { get; } = TimeSpan.FromHours(1);

    /// <summary>A tool that a function here answers. It runs only after its call is durable, and again, with the same <see cref="DurableCall.IdempotencyKey"/> and arguments, when the process died before its answer was.</summary>
    /// <param name="name">A Python identifier that the runtime does not define itself.</param>
    /// <param name="handler">Gives the value. Its token is cancelled when the call ends without it, or the engine stops: what it returns then is its answer all the same, and to be run again by the next engine it throws.</param>
    /// <param name="isAsync">True when scripts await the call.</param>
    /// <exception cref="ArgumentException"><paramref name="name"/> is no identifier, a keyword or a builtin.</exception>
    public static DurableTool Handled(
        string name,
        Func<DurableCall, CancellationToken, ValueTask<MontyValue>> handler,
        bool isAsync = false
    )
    {
        ArgumentNullException.ThrowIfNull(handler);
        return new DurableTool(name, CallKind.Handler, isAsync, handler);
    }

    /// <summary>A tool of the client library, such as one made from a C# function, as a durable one. Objects cannot be lent to durable sessions.</summary>
    /// <param name="tool">The tool; its deadline becomes the timeout.</param>
    public static DurableTool Handled(MontyTool tool)
    {
        ArgumentNullException.ThrowIfNull(tool);
        return new DurableTool(tool) { Timeout = tool.Timeout };
    }

    /// <summary>A tool that somebody outside answers, by <see cref="AnswerCommand"/>: a person, another service.</summary>
    /// <param name="name">A Python identifier that the runtime does not define itself.</param>
    /// <param name="isAsync">True when scripts await the call.</param>
    /// <exception cref="ArgumentException"><paramref name="name"/> is no identifier, a keyword or a builtin.</exception>
    public static DurableTool External(string name, bool isAsync = false) => new(name, CallKind.External, isAsync, handler: null);

    internal static DurableTool Timer { get; } =
        new("sleep", CallKind.Timer, isAsync: true, handler: null) { Stub = "async def sleep(seconds: float, /) -> None: ..." };

    internal static DurableTool Signal { get; } =
        new("receive", CallKind.Signal, isAsync: true, handler: null) { Stub = "async def receive(name: str, /) -> Any: ..." };

    internal ToolSpec Spec => new(Name, Kind, IsAsync, Timeout);

    private MontyTool Declare(string? stub) =>
        IsAsync ? MontyTool.Async(Name, static (_, _) => default, stub: stub) : MontyTool.Sync(Name, static (_, _) => default, stub);

    /// <summary>How long the attempt after a failed one waits.</summary>
    internal TimeSpan DelayAfter(int attempt)
    {
        var ticks = RetryDelay.Ticks * Math.Pow(2, attempt - 1);
        return ticks < LongestDelay.Ticks ? TimeSpan.FromTicks((long)ticks) : LongestDelay;
    }
}

/// <summary>One attempt of a call, as its handler sees it.</summary>
/// <param name="Session">The session that calls.</param>
/// <param name="Feed">The number of the feed that calls.</param>
/// <param name="Call">The call as the script made it.</param>
/// <param name="Attempt">Counted from 1; a call whose process died is tried again under the same number.</param>
/// <param name="ArgumentsHash">SHA-256 of name and arguments, as hexadecimal: the same in every attempt.</param>
public sealed record DurableCall(SessionId Session, int Feed, MontyFunctionCall Call, int Attempt, string ArgumentsHash)
{
    /// <summary>The tool's name.</summary>
    public string Name => Call.Name;

    /// <summary>The positional arguments in order.</summary>
    public EquatableArray<MontyValue> Arguments => Call.Arguments;

    /// <summary>The keyword arguments in the order written.</summary>
    public EquatableArray<KeyValuePair<string, MontyValue>> Keywords => Call.Keywords;

    /// <summary>The same in every attempt of this call and in no other call: pass it on, so that an effect happens once.</summary>
    /// <remarks>It is made of the names of tenant and session and the numbers of feed and call. A session that is opened under the name of a purged one makes the same keys again: use each name once.</remarks>
    public string IdempotencyKey => $"{Session}/{Feed}/{Call?.CallId}";
}
