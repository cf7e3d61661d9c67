using Monty.Interop;

namespace Monty.Host.Ladder.Paths;

/// <summary>One API of Monty through which fixtures run. The checks are the same for all paths.</summary>
internal interface ILadderPath : IDisposable
{
    /// <summary>The name of the path for the option <c>--path</c>.</summary>
    string Name { get; }

    /// <summary>Opens a new session.</summary>
    /// <exception cref="MontyException">The runtime is not available, so no fixture can run.</exception>
    ValueTask<ILadderSession> OpenAsync(LadderSetup setup, CancellationToken cancellationToken);
}

/// <summary>One session on a path, whose feeds share their globals. Not thread-safe.</summary>
/// <remarks>Every member throws a <see cref="LadderPathException"/> if the path fails. The fixture fails then.</remarks>
internal interface ILadderSession : IAsyncDisposable
{
    /// <summary>Starts a feed, and runs it to its first suspension or its end.</summary>
    ValueTask<LadderTurn> FeedAsync(LadderFeed feed, CancellationToken cancellationToken);

    /// <summary>Answers the pending suspension, and runs the feed to its next suspension or its end.</summary>
    ValueTask<LadderTurn> AnswerAsync(MontySuspension suspension, MontyAnswer answer, CancellationToken cancellationToken);

    /// <summary>Dumps the session between two feeds, and loads the dump in another worker.</summary>
    ValueTask SnapshotAsync(CancellationToken cancellationToken);
}

/// <summary>The options of a session.</summary>
/// <param name="ScriptName">The name of the script in tracebacks.</param>
/// <param name="Limits">The limits. The path counts the suspensions.</param>
internal sealed record LadderSetup(string ScriptName, MontyLimits Limits);

/// <summary>One feed.</summary>
/// <param name="Code">The Python source.</param>
/// <param name="Inputs">The values to set before the code runs, including host objects.</param>
/// <param name="TypeCheckStubs">
/// The stubs for the type check, which may be empty. Null means no type check. Code with type errors must not run.
/// </param>
internal sealed record LadderFeed(string Code, IReadOnlyDictionary<string, MontyValue> Inputs, string? TypeCheckStubs);

/// <summary>The result of one turn.</summary>
/// <param name="Printed">The text that the script printed in this turn.</param>
/// <param name="Progress">The suspension or the end of the feed. It is <see cref="MontyTypingFailed"/> if the type check found errors.</param>
internal sealed record LadderTurn(string Printed, MontyProgress Progress);
