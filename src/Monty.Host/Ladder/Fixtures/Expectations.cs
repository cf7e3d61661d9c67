using Monty.Interop;

namespace Monty.Host.Ladder.Fixtures;

/// <summary>The expected value of a feed. Members that are null are not checked.</summary>
internal sealed record ExpectedValue
{
    /// <summary>The expected value. A list in it matches a list, tuple, set or frozenset.</summary>
    public MontyValue? Value { get; init; }

    /// <summary>True if the outermost items may be in any order.</summary>
    public bool IgnoreOrder { get; init; }

    /// <summary>A part of the value's <c>repr</c> or <c>str</c>.</summary>
    public string? Contains { get; init; }

    /// <summary>The kind of the value, such as <c>tuple</c>.</summary>
    public string? TypeTag { get; init; }

    public bool IsAnything => Value is null && Contains is null && TypeTag is null;
}

/// <summary>The exception that a feed must raise. Members that are null are not checked.</summary>
/// <remarks>If any member is set, the feed must raise an exception.</remarks>
internal sealed record ExpectedError
{
    /// <summary>True if the feed must raise an exception of any type.</summary>
    public bool Any { get; init; }

    /// <summary>A part of <c>Type: message</c>.</summary>
    public string? Contains { get; init; }

    public string? Type { get; init; }

    /// <summary>True if the traceback must have frames, or false if it must not.</summary>
    public bool? HasTraceback { get; init; }

    /// <summary>Parts of the formatted traceback.</summary>
    public IReadOnlyList<string>? TracebackContains { get; init; }

    public int? MinFrames { get; init; }

    /// <summary>True if every frame must have a file name, or false if this must not be so.</summary>
    public bool? FramesHaveFileNames { get; init; }

    /// <summary>The file of the innermost frame.</summary>
    public string? InnermostFile { get; init; }

    /// <summary>The file of every frame.</summary>
    public string? EveryFile { get; init; }

    /// <summary>True if the feed must raise an exception.</summary>
    public bool IsExpected => this != new ExpectedError();
}

/// <summary>The expected calls. Members that are null are not checked.</summary>
/// <remarks>All members except <see cref="CallIdsAreDistinct"/> apply to the first function call.</remarks>
internal sealed record ExpectedCalls
{
    public string? Name { get; init; }

    public IReadOnlyList<MontyValue>? Arguments { get; init; }

    /// <summary>The keyword arguments, in the order of the call.</summary>
    public IReadOnlyList<KeyValuePair<string, MontyValue>>? Keywords { get; init; }

    public bool? IsMethodCall { get; init; }

    public long? CallId { get; init; }

    public bool? CallIdIsNonZero { get; init; }

    /// <summary>True if all call ids, including those of OS calls, must be different. There must be at least two calls.</summary>
    public bool? CallIdsAreDistinct { get; init; }
}

/// <summary>The expected result of the type check.</summary>
/// <param name="HasErrors">True if the type check must find errors. The code must not run then.</param>
/// <param name="Contains">Parts of the diagnostics.</param>
/// <param name="Stubs">The declarations of the host's functions.</param>
internal sealed record ExpectedTypeCheck(bool HasErrors, IReadOnlyList<string> Contains, string Stubs);
