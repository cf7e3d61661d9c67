using Monty.Host.Cli.Streams;
using Monty.Host.Ladder.Runs;

namespace Monty.Host.Ladder.Reports;

/// <summary>Writes a progress bar, one line for each fixture that needs attention, and the summary to standard error.</summary>
internal sealed class LadderLog(Terminal terminal, ProgressBar? bar)
{
    public void Begin(string name) => bar?.Show(name);

    public void End(FixtureResult result)
    {
        bar?.Advance();
        var fixture = result.Fixture;
        var line = result.Status switch
        {
            FixtureStatus.Failed => $"FAILED {fixture.Id} {fixture.Name}: {string.Join("; ", result.Problems)}",
            FixtureStatus.UnexpectedPass => $"XPASS {fixture.Id} {fixture.Name}: the known gap is closed: {fixture.Xfail}",
            FixtureStatus.Skipped => $"skipped {fixture.Id} {fixture.Name}: {fixture.Skip}",
            _ => null,
        };
        if (line is null)
        {
            return;
        }

        bar?.Clear();
        terminal.WriteLine(line);
    }

    public void Close(IEnumerable<string> summary)
    {
        bar?.Clear();
        foreach (var line in summary)
        {
            terminal.WriteLine(line);
        }
    }
}
