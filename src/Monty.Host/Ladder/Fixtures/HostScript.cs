using Monty.Interop;

namespace Monty.Host.Ladder.Fixtures;

/// <summary>The host of a fixture: its functions and objects, and its answers in order.</summary>
internal sealed record HostScript
{
    /// <summary>The names of the functions that the host answers.</summary>
    public required IReadOnlyCollection<string> Functions { get; init; }

    public required IReadOnlyList<FixtureHostObject> Objects { get; init; }

    /// <summary>The return values of the calls, by the index of the call. <see cref="Errors"/> takes precedence.</summary>
    public required IReadOnlyList<MontyValue> Values { get; init; }

    /// <summary>The exceptions of the calls, by the index of the call. Null means that the call returns a value.</summary>
    public required IReadOnlyList<PythonError?> Errors { get; init; }

    /// <summary>If set, every call is answered with a future. If null, calls are answered immediately.</summary>
    public FuturePlan? Futures { get; init; }

    public required IReadOnlyList<OsCallResponse> OsCalls { get; init; }
}

/// <summary>The plan for resolving the futures of a session.</summary>
/// <param name="Outcomes">The outcome of each call, by its id.</param>
/// <param name="Order">
/// The groups of calls to resolve, one group each time the script waits. After the last group, all pending calls are resolved together.
/// </param>
internal sealed record FuturePlan(IReadOnlyDictionary<uint, MontyAnswer> Outcomes, IReadOnlyList<IReadOnlyList<uint>> Order);

/// <summary>The answer to one OS call.</summary>
/// <param name="Operation">The expected operation, such as <c>Path.stat</c>. Null means any operation.</param>
/// <param name="Answer">The answer. Null means None or, for <c>os.getenv</c>, the default that the script passed.</param>
internal sealed record OsCallResponse(string? Operation, MontyAnswer? Answer);

/// <summary>A host object that the script receives as an input.</summary>
/// <param name="Name">The name of the input and of the object's class.</param>
/// <param name="Instance">The value that is sent to the runtime.</param>
/// <param name="Methods">The names of the methods that the host answers.</param>
internal sealed record FixtureHostObject(string Name, MontyInstance Instance, IReadOnlyCollection<string> Methods);
