using Monty.Interop;

namespace Monty.Host.Ladder.Fixtures;

/// <summary>What the host has for a session: the names it offers and its answers, in order.</summary>
internal sealed record HostScript
{
    /// <summary>The names that calls are answered for.</summary>
    public required IReadOnlyCollection<string> Functions { get; init; }

    public required IReadOnlyList<LentObject> Objects { get; init; }

    /// <summary>The answer to call i: <see cref="Errors"/> at i where it is not null, else this at i.</summary>
    public required IReadOnlyList<MontyValue> Values { get; init; }

    public required IReadOnlyList<PythonError?> Errors { get; init; }

    /// <summary>Answers every call with a future; null for answers at once.</summary>
    public FutureScript? Futures { get; init; }

    public required IReadOnlyList<OsCallResponse> OsCalls { get; init; }
}

/// <summary>How the futures of a session are settled.</summary>
/// <param name="Outcomes">What becomes of each call, by its id.</param>
/// <param name="Order">The calls that each resolution settles; after these all that are pending.</param>
internal sealed record FutureScript(IReadOnlyDictionary<uint, MontyAnswer> Outcomes, IReadOnlyList<IReadOnlyList<uint>> Order);

/// <summary>The answer to one OS call.</summary>
/// <param name="Operation">What must be called, such as <c>Path.stat</c>; null for anything.</param>
/// <param name="Answer">The answer, or null for "not set": None, and the default of <c>os.getenv</c>.</param>
internal sealed record OsCallResponse(string? Operation, MontyAnswer? Answer);

/// <summary>An object of the host that the script gets as an input.</summary>
/// <param name="Name">Its name, and that of its class.</param>
/// <param name="Instance">What is sent.</param>
/// <param name="Methods">The methods that it answers.</param>
internal sealed record LentObject(string Name, MontyInstance Instance, IReadOnlyCollection<string> Methods);
