using Monty.Host.Ladder.Fixtures;
using Monty.Host.Ladder.Paths;
using Monty.Host.Ladder.Reports;
using Monty.Host.Ladder.Runs;
using Monty.Interop;

namespace Monty.Host.Ladder;

/// <summary>Runs fixtures one after the other on one path, and reports the result of each.</summary>
internal sealed class LadderRunner(ILadderPath path, LineOutput lines, LadderLog log, TimeProvider time)
{
    /// <returns>True if every fixture passes, is skipped with a reason, or is a known gap.</returns>
    /// <exception cref="MontyException">The path cannot run any fixture.</exception>
    /// <exception cref="IOException">A result cannot be written.</exception>
    /// <exception cref="OperationCanceledException">The token was canceled. The summary counts the fixtures that ran.</exception>
    public async Task<bool> RunAsync(IReadOnlyList<Fixture> fixtures, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
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
            log.Close(tally.GetLines(path.Name, time.GetElapsedTime(start)));
        }

        return tally.IsGood;
    }
}
