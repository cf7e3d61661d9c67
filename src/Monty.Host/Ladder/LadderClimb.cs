using Monty.Host.Ladder.Fixtures;
using Monty.Host.Ladder.Paths;
using Monty.Host.Ladder.Reports;
using Monty.Host.Ladder.Runs;
using Monty.Interop;

namespace Monty.Host.Ladder;

/// <summary>Runs fixtures one after the other on one path, and reports each as it ends.</summary>
internal sealed class LadderClimb(ILadderPath path, LineOutput lines, LadderLog log, TimeProvider time)
{
    /// <returns>True when every fixture is ok, skipped with a reason, or a known gap.</returns>
    /// <exception cref="MontyException">The path cannot run anything.</exception>
    /// <exception cref="IOException">A line cannot be written.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled; the summary counts what was done.</exception>
    public async Task<bool> RunAsync(IReadOnlyList<Fixture> fixtures, CancellationToken cancellationToken)
    {
        var begun = time.GetTimestamp();
        var tally = new LadderTally();
        var run = new FixtureRun(path, time);
        try
        {
            foreach (var fixture in fixtures)
            {
                log.Begin(fixture.Name);
                var result = await run.RunAsync(fixture, cancellationToken).ConfigureAwait(false);
                ReadOnlyMemory<byte> line;
                try
                {
                    line = FixtureLine.Write(result);
                }
                catch (MontySizeException tooLarge)
                {
                    result = result with { Status = FixtureStatus.Failed, Value = null, Problems = [.. result.Problems, tooLarge.Message] };
                    line = FixtureLine.Write(result);
                }

                tally.Add(result);
                log.End(result);
                lines.Write(line);
            }
        }
        finally
        {
            log.Close(tally.Lines(path.Name, time.GetElapsedTime(begun)));
        }

        return tally.IsGood;
    }
}
