using System.Globalization;
using Monty.Actors;
using Monty.Interop;

namespace Monty.Load;

/// <summary>The client of one session. It opens and feeds the session, answers its calls, and logs the acknowledged answers.</summary>
internal sealed class SessionClient(MontyEngine engine, SessionId id, LineLog acks, CancellationToken cancellationToken)
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(100);
    private long version;

    /// <summary>Runs until the feed of the session has ended.</summary>
    public async Task RunAsync(CrashWork work)
    {
        await SendAsync(new OpenCommand("open", new SessionSetup()));
        await SendAsync(new FeedCommand("feed", work.Script));
        while (!await FollowAsync())
        {
            await Task.Delay(RetryDelay, cancellationToken);
        }
    }

    /// <summary>Returns the id of the command that answers a call. It is the same in every process.</summary>
    public static string AnswerId(uint callId) => string.Create(CultureInfo.InvariantCulture, $"answer-{callId}");

    /// <summary>Follows the history and answers calls. Returns true when the feed has ended, or false if the store failed.</summary>
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
                    // The session was quarantined because the test killed its workers.
                    await SendAsync(new ReleaseCommand($"release-{version}", FailFeed: false));
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

    /// <summary>Answers an external call, even if an earlier process has already answered it.</summary>
    private async Task AnswerAsync(MontyFunctionCall call)
    {
        var answer = MontyAnswer.Return(CrashWork.GetValue(id, CrashWork.GetArgument(call)));
        if (await SendAsync(new AnswerCommand(AnswerId(call.CallId), 1, call.CallId, answer)) is SessionReply.Accepted)
        {
            acks.Write($"{id} {AnswerId(call.CallId)}");
        }

        var rival = await SendAsync(new AnswerCommand($"rival-{call.CallId}", 1, call.CallId, MontyAnswer.Return(-1)));
        if (rival is SessionReply.Accepted)
        {
            throw new InvalidOperationException($"{id}: a second answer to call {call.CallId} was accepted.");
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
                // It is unknown whether the command was applied, so it is sent again with the same id.
                await Task.Delay(RetryDelay, cancellationToken);
            }
        }
    }
}
