using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Monty.Interop.Sessions;

/// <summary>Runs a feed concurrently with the reader of its printed text.</summary>
internal static class FeedStream
{
    public static async IAsyncEnumerable<FeedEvent> RunAsync(
        MontySession session,
        string code,
        FeedOptions feed,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var texts = Channel.CreateUnbounded<string>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });
        var counted = new PrintCounter(feed.MaxPrintBytes); // the text itself goes to the reader
        var running = Task.Run(RunAsync, CancellationToken.None);
        try
        {
            await foreach (var text in texts.Reader.ReadAllAsync(CancellationToken.None).ConfigureAwait(false))
            {
                yield return new FeedPrinted(text);
            }

            yield return new FeedFinished(await running.ConfigureAwait(false));
        }
        finally
        {
            await end.CancelAsync().ConfigureAwait(false);
            await ((Task)running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // a failure was thrown above, or the reader has stopped
        }

        async Task<MontyResult> RunAsync()
        {
            try
            {
                return await session.FeedAsync(code, feed with { OnPrint = Write }, end.Token).ConfigureAwait(false);
            }
            finally
            {
                texts.Writer.Complete();
            }
        }

        void Write(string text)
        {
            counted.Add(text);
            texts.Writer.TryWrite(text);
        }
    }
}
