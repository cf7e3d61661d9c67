using Monty.Interop;

namespace Monty.Host.Ladder.Paths;

/// <summary>One way into Monty that fixtures run through; what they are checked for is written once, above this.</summary>
internal interface ILadderPath : IDisposable
{
    /// <summary>What <c>--path</c> calls it.</summary>
    string Name { get; }

    /// <summary>Opens a session with a clean state.</summary>
    /// <exception cref="MontyException">There is no runtime to open one on: no fixture can run.</exception>
    ValueTask<ILadderSession> OpenAsync(LadderSetup setup, CancellationToken cancellationToken);
}

/// <summary>One session on a path: feeds share its globals. One call at a time.</summary>
/// <remarks>Every member throws a <see cref="LadderPathException"/> when the path fails; the fixture has failed then.</remarks>
internal interface ILadderSession : IAsyncDisposable
{
    /// <summary>Starts a feed, and goes on to its first suspension or its end.</summary>
    ValueTask<LadderTurn> FeedAsync(LadderFeed feed, CancellationToken cancellationToken);

    /// <summary>Answers the suspension last handed out, and goes on to the next or the end.</summary>
    ValueTask<LadderTurn> AnswerAsync(MontySuspension suspension, MontyAnswer answer, CancellationToken cancellationToken);

    /// <summary>Saves the session between two feeds and goes on from what was saved, in another worker.</summary>
    ValueTask SnapshotAsync(CancellationToken cancellationToken);
}

/// <summary>What a session is set up with.</summary>
/// <param name="ScriptName">The script's name in frames.</param>
/// <param name="Limits">Its limits, the suspensions counted by the path.</param>
internal sealed record LadderSetup(string ScriptName, MontyLimits Limits);

/// <summary>One feed.</summary>
/// <param name="Code">Python source.</param>
/// <param name="Inputs">Values bound before it runs, host objects among them.</param>
/// <param name="TypeCheckStubs">Stubs to check its types with first, perhaps empty; null for no check. Code with errors must not run.</param>
internal sealed record LadderFeed(string Code, IReadOnlyDictionary<string, MontyValue> Inputs, string? TypeCheckStubs);

/// <summary>What one turn led to.</summary>
/// <param name="Printed">What the script printed in it.</param>
/// <param name="Progress">The suspension or the end of the feed; <see cref="MontyTypingFailed"/> for one that the type check refused.</param>
internal sealed record LadderTurn(string Printed, MontyProgress Progress);
