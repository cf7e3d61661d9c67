using System.Globalization;
using System.Runtime.Versioning;

namespace Monty.Testing.Stores;

/// <summary>Kills processes that write to a store, and records the writes that they acknowledged.</summary>
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
        using var host = TestHost.StartWriting(store, place);
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
            writes.Acknowledge(Changes.Session(words[0]), long.Parse(words[1], CultureInfo.InvariantCulture));
        }
    }
}
