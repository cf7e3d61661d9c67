using System.Globalization;
using System.Runtime.Versioning;
using Monty.Actors;

namespace Monty.Testing.Journals;

/// <summary>Kills processes that write to a journal, and records the appends that they acknowledged.</summary>
[SupportedOSPlatform("linux")]
public static class KilledWriter
{
    /// <summary>Runs a writer, kills it with SIGKILL after a number of acknowledgements, and adds all of its acknowledgements to <paramref name="writes"/>.</summary>
    public static async Task RunAsync(
        TornWrites writes,
        string store,
        string place,
        int acknowledgements,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(writes);
        using var host = TestHost.StartAppending(store, place);
        List<string> lines = [];
        while (lines.Count < acknowledgements)
        {
            lines.Add(await host.ReadLineAsync(cancellationToken).ConfigureAwait(false));
        }

        host.Kill();
        lines.AddRange(await host.ReadToEndAsync(cancellationToken).ConfigureAwait(false));

        // The last line may be incomplete.
        foreach (var words in lines.SkipLast(1).Select(line => line.Split(' ')))
        {
            writes.Acknowledge(Story.Session(words[0]), long.Parse(words[1], CultureInfo.InvariantCulture));
        }
    }
}
