using System.Globalization;
using Monty.Actors;
using Monty.Interop;

namespace Monty.Load;

/// <summary>
/// The client of one session. It feeds, cancels and forks the session, answers its calls, and logs the accepted commands. After a restart, it sends all
/// commands again, under the same ids.
/// </summary>
internal sealed class SessionClient(MontyEngine engine, SessionId id, ClientLogs logs, CancellationToken cancellationToken)
{
    /// <summary>The id of the only cancel command.</summary>
    public const string CancelId = "cancel";

    /// <summary>The start of the ids of commands that answer a call a second time.</summary>
    public const string RivalPrefix = "rival-";

    private const string FeedId = "feed";
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(100);
    private long version;
    private int feed;

    private static CancelCommand Cancel { get; } = new(CancelId, CrashScripts.CancelReason);

    private ForkCommand Fork { get; } = new("fork", CrashWork.ForkOf(id).Name);

    /// <summary>Runs until the last feeds of the session and its fork have ended.</summary>
    public async Task RunAsync(CrashScripts scripts)
    {
        await SendTwiceAsync(new OpenCommand("open", new SessionSetup()));
        await SendTwiceAsync(new FeedCommand(FeedId, scripts.FirstCode));
        foreach (var argument in scripts.EarlySignals)
        {
            await SignalAsync(argument);
        }

        await FollowFeedAsync(CrashScripts.First, AnswerAsync);
        await CancelFeedAsync();

        await SendTwiceAsync(new FeedCommand("later", scripts.LaterCode));
        await FollowFeedAsync(
            CrashScripts.Later,
            async @event =>
            {
                await SendTwiceAsync(Cancel); // must not hit this feed
                await AnswerAsync(@event);
            }
        );

        await SendTwiceAsync(Fork);
        var fork = new SessionClient(engine, CrashWork.ForkOf(id), logs, cancellationToken);
        await Task.WhenAll(RunLastFeedAsync(scripts), fork.RunForkAsync(scripts));
    }

    private async Task CancelFeedAsync()
    {
        var fed = SendTwiceAsync(new FeedCommand("canceled", CrashScripts.GetCanceledCode(id))); // a repetition waits for the end of a turn
        await FollowFeedAsync(
            CrashScripts.Canceled,
            @event => @event is FeedStarted && CrashScripts.IsCanceledLate(id) ? Task.CompletedTask : SendTwiceAsync(Cancel)
        );
        await fed;
    }

    private async Task RunLastFeedAsync(CrashScripts scripts)
    {
        await SendTwiceAsync(new FeedCommand("last", scripts.LastCode));
        await FollowFeedAsync(
            CrashScripts.Last,
            async @event =>
            {
                await SendTwiceAsync(Fork); // must not make another fork, and must not be refused
                await AnswerAsync(@event);
            }
        );
    }

    private async Task RunForkAsync(CrashScripts scripts)
    {
        await SendTwiceAsync(new FeedCommand(FeedId, scripts.ForkCode)); // an id of the source, which the fork does not know
        await FollowFeedAsync(CrashScripts.Last, AnswerAsync);
    }

    /// <summary>Follows the history until a feed has ended.</summary>
    /// <param name="number">The number of the feed.</param>
    /// <param name="react">Reacts to the start of the feed, and to the announcement of an external call or a signal, even if an earlier process has already done this.</param>
    private async Task FollowFeedAsync(int number, Func<SessionEvent, Task> react)
    {
        while (!await TryFollowFeedAsync(number, react))
        {
            await Task.Delay(RetryDelay, cancellationToken);
        }
    }

    private async Task<bool> TryFollowFeedAsync(int number, Func<SessionEvent, Task> react)
    {
        try
        {
            await foreach (var stored in engine.FollowAsync(id, version, cancellationToken))
            {
                version = stored.Version;
                switch (stored.Event)
                {
                    case FeedStarted started:
                        feed = started.Feed;
                        if (feed == number)
                        {
                            await react(started);
                        }

                        break;
                    case CallAnnounced { Kind: CallKind.External or CallKind.Signal } call when feed == number:
                        await react(call);
                        break;
                    case SessionQuarantined quarantined when IsByTheTest(quarantined):
                        await SendAsync(new ReleaseCommand($"release-{version}", FailFeed: false));
                        break;
                    case FeedEnded when feed == number:
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

    /// <summary>Returns true if a session was quarantined because the test killed its workers or its process.</summary>
    private static bool IsByTheTest(SessionQuarantined quarantined) =>
        quarantined.Reason.Contains("died", StringComparison.Ordinal) || quarantined.Reason.Contains("ended", StringComparison.Ordinal);

    /// <summary>Answers an external call twice with different values, or sends the signal that a call waits for.</summary>
    private async Task AnswerAsync(SessionEvent @event)
    {
        if (@event is not CallAnnounced announced)
        {
            return;
        }

        var call = (MontyFunctionCall)announced.Call;
        var argument = CrashScripts.GetArgument(call);
        if (announced.Kind == CallKind.Signal)
        {
            await SignalAsync(argument);
            return;
        }

        var answer = MontyAnswer.Return(CrashWork.GetValue(id, argument));
        var key = string.Create(CultureInfo.InvariantCulture, $"{feed}-{call.CallId}");
        await SendAsync(new AnswerCommand($"answer-{key}", feed, call.CallId, answer));
        await SendAsync(new AnswerCommand($"{RivalPrefix}{key}", feed, call.CallId, MontyAnswer.Return(-1)));
    }

    private Task SignalAsync(long argument)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"go-{argument}");
        return SendTwiceAsync(new SignalCommand($"signal-{argument}", name, CrashWork.GetValue(id, argument)));
    }

    /// <summary>Sends a command twice at the same time. It must be applied once.</summary>
    private Task SendTwiceAsync(SessionCommand command) => Task.WhenAll(SendAsync(command), SendAsync(command));

    /// <summary>Sends a command until it is acknowledged or refused.</summary>
    private async Task SendAsync(SessionCommand command)
    {
        while (true)
        {
            try
            {
                Log(command, await engine.SendAsync(id, command, cancellationToken));
                return;
            }
            catch (Exception exception) when (exception is SessionStoreException or MontyException)
            {
                // It is unknown whether the command was applied, so it is sent again with the same id.
                await Task.Delay(RetryDelay, cancellationToken);
            }
        }
    }

    private void Log(SessionCommand command, SessionReply reply)
    {
        var session = command is ForkCommand ? CrashWork.ForkOf(id) : id;
        if (reply is SessionReply.Accepted)
        {
            logs.Acks.Write($"{session} {command.CommandId}");
        }
        else if (
            reply is SessionReply.Refused refused
            && (command, refused.Reason)
                is not ((AnswerCommand, SessionRefusal.NoSuchCall) or (ReleaseCommand, SessionRefusal.NotQuarantined))
        )
        {
            logs.Refusals.Write($"{session}: {command.CommandId} was refused: {refused.Message.ReplaceLineEndings(" ")}");
        }
    }
}
