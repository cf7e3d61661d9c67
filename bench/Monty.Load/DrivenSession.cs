using System.Globalization;
using Monty.Actors;
using Monty.Interop;

namespace Monty.Load;

/// <summary>The client of one session: opens and feeds it, answers what it asks, and writes down what was acknowledged.</summary>
internal sealed class DrivenSession(MontyEngine engine, SessionId id, LineLog acks, CancellationToken cancellationToken)
{
    private static readonly TimeSpan Again = TimeSpan.FromMilliseconds(100);
    private long version;

    /// <summary>Ends when the session's feed has.</summary>
    public async Task RunAsync(CrashWork work)
    {
        await SendAsync(new OpenCommand("open", new SessionSetup()));
        await SendAsync(new FeedCommand("feed", work.Script));
        while (!await FollowAsync())
        {
            await Task.Delay(Again, cancellationToken);
        }
    }

    /// <summary>The id of the command that answers a call: the same in every process.</summary>
    public static string AnswerId(uint callId) => string.Create(CultureInfo.InvariantCulture, $"answer-{callId}");

    /// <summary>True when the feed ended; false when the store failed.</summary>
    private async Task<bool> FollowAsync()
    {
        try
        {
            await foreach (var stored in engine.FollowAsync(id, version, cancellationToken))
            {
                version = stored.Version;
                if (stored.Event is CallAnnounced { Kind: CallKind.External, Call: MontyFunctionCall call })
                {
                    await AnswerAsync(call);
                }

                if (stored.Event is SessionQuarantined { Reason: var reason } && reason.Contains("died", StringComparison.Ordinal))
                {
                    await SendAsync(new ReleaseCommand($"release-{version}", FailFeed: false)); // of workers that were killed here
                }

                if (stored.Event is FeedEnded)
                {
                    return true;
                }
            }

            return true;
        }
        catch (SessionStoreException)
        {
            return false;
        }
    }

    /// <summary>Answers every question that the story tells of, also those which an earlier process has answered.</summary>
    private async Task AnswerAsync(MontyFunctionCall call)
    {
        var answer = MontyAnswer.Return(CrashWork.ValueOf(id, CrashWork.ArgumentOf(call)));
        if (await SendAsync(new AnswerCommand(AnswerId(call.CallId), 1, call.CallId, answer)) is SessionReply.Accepted)
        {
            acks.Write($"{id} {AnswerId(call.CallId)}");
        }

        var rival = await SendAsync(new AnswerCommand($"rival-{call.CallId}", 1, call.CallId, MontyAnswer.Return(-1)));
        if (rival is SessionReply.Accepted)
        {
            throw new InvalidOperationException($"{id}: a second answer to call {call.CallId} was taken.");
        }
    }

    private async Task<SessionReply> SendAsync(SessionCommand command)
    {
        while (true)
        {
            try
            {
                return await engine.SendAsync(id, command, cancellationToken);
            }
            catch (Exception exception) when (exception is SessionStoreException or MontyException)
            {
                await Task.Delay(Again, cancellationToken); // what became of it is unknown: under its id it may be sent again
            }
        }
    }
}
