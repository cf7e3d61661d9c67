using Monty.Host.Ladder.Fixtures;
using Monty.Host.Ladder.Paths;
using Monty.Host.Ladder.Runs;
using Monty.Interop;

namespace Monty.Host.Tests.Ladder;

/// <summary>A path that returns the turns of a test, and records the calls it receives.</summary>
internal sealed class ScriptedPath(params LadderTurn[] turns) : ILadderPath, ILadderSession
{
    private readonly Queue<LadderTurn> remaining = new(turns);

    public string Name => "scripted";

    public LadderSetup? Setup { get; private set; }

    public List<LadderFeed> Feeds { get; } = [];

    public List<MontyAnswer> Answers { get; } = [];

    public int Snapshots { get; private set; }

    public bool IsClosed { get; private set; }

    public ValueTask<ILadderSession> OpenAsync(LadderSetup setup, CancellationToken cancellationToken)
    {
        Setup = setup;
        return ValueTask.FromResult<ILadderSession>(this);
    }

    public ValueTask<LadderTurn> FeedAsync(LadderFeed feed, CancellationToken cancellationToken)
    {
        Feeds.Add(feed);
        return Next();
    }

    public ValueTask<LadderTurn> AnswerAsync(MontySuspension suspension, MontyAnswer answer, CancellationToken cancellationToken)
    {
        Answers.Add(answer);
        return Next();
    }

    public ValueTask SnapshotAsync(CancellationToken cancellationToken)
    {
        Snapshots++;
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        IsClosed = true;
        return ValueTask.CompletedTask;
    }

    public void Dispose() { }

    public Task<FixtureResult> RunAsync(string fixture) =>
        new FixtureRun(this, TimeProvider.System).RunAsync(TestFixtures.Read(fixture), CancellationToken.None);

    private ValueTask<LadderTurn> Next() =>
        remaining.TryDequeue(out var turn)
            ? ValueTask.FromResult(turn)
            : throw new LadderPathException("no turn is left", new InvalidOperationException());
}
