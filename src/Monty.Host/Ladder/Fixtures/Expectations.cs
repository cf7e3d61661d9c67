using Monty.Interop;

namespace Monty.Host.Ladder.Fixtures;

/// <summary>What the value of a feed must be; null members are not checked.</summary>
internal sealed record ExpectedValue
{
    /// <summary>The value; a list in it stands for any list, tuple, set or frozenset.</summary>
    public MontyValue? Value { get; init; }

    /// <summary>Whether the outermost items may come in any order.</summary>
    public bool Sorted { get; init; }

    /// <summary>What its <c>repr</c> or <c>str</c> contains.</summary>
    public string? Contains { get; init; }

    /// <summary>Its kind, such as <c>tuple</c>.</summary>
    public string? TypeTag { get; init; }

    public bool IsAnything => Value is null && Contains is null && TypeTag is null;
}

/// <summary>What a feed must raise; null members are not checked, and any that is not null means that it must raise.</summary>
internal sealed record ExpectedError
{
    /// <summary>Whether it must raise, whatever it is.</summary>
    public bool Any { get; init; }

    /// <summary>What <c>Type: message</c> contains.</summary>
    public string? Contains { get; init; }

    public string? Type { get; init; }

    /// <summary>Whether there are frames at all.</summary>
    public bool? HasTraceback { get; init; }

    /// <summary>What the rendered traceback contains.</summary>
    public IReadOnlyList<string>? TracebackContains { get; init; }

    public int? MinFrames { get; init; }

    /// <summary>Whether every frame has a file name.</summary>
    public bool? FramesHaveFileNames { get; init; }

    /// <summary>The file of the innermost frame.</summary>
    public string? InnermostFile { get; init; }

    /// <summary>The file of every frame.</summary>
    public string? EveryFile { get; init; }

    /// <summary>Whether the feed must raise.</summary>
    public bool IsExpected => this != new ExpectedError();
}

/// <summary>What calls must carry; null members are not checked. All but the last are about the first call of a function.</summary>
internal sealed record ExpectedCalls
{
    public string? Name { get; init; }

    public IReadOnlyList<MontyValue>? Arguments { get; init; }

    /// <summary>In the order written.</summary>
    public IReadOnlyList<KeyValuePair<string, MontyValue>>? Keywords { get; init; }

    public bool? IsMethodCall { get; init; }

    public long? CallId { get; init; }

    public bool? CallIdIsNonZero { get; init; }

    /// <summary>Whether all ids, OS calls included, differ; there must be two at least.</summary>
    public bool? CallIdsAreDistinct { get; init; }
}

/// <summary>What the type check must say.</summary>
/// <param name="HasErrors">Whether it must refuse the code, which then must not run.</param>
/// <param name="Contains">What its findings contain.</param>
/// <param name="Stubs">Declarations of the host's names.</param>
internal sealed record ExpectedTypeCheck(bool HasErrors, IReadOnlyList<string> Contains, string Stubs);
