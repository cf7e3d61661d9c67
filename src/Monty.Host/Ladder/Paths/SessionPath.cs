using System.Globalization;
using System.Threading.Channels;
using Monty.Actors;
using Monty.Interop;

namespace Monty.Host.Ladder.Paths;

/// <summary>Runs each fixture as a durable session of an engine. The answers of the fixture's host are stored in a store in memory.</summary>
internal sealed class SessionPath : ILadderPath
{
    public const string PathName = "session";

    private static readonly TimeSpan TurnTimeout = TimeSpan.FromSeconds(30);
    private readonly MemoryStore store = new();
    private readonly Dictionary<SessionId, Session> sessions = [];
    private MontyEngine? engine;

    public string Name => PathName;

    public async ValueTask<ILadderSession> OpenAsync(LadderSetup setup, CancellationToken cancellationToken)
    {
        engine ??= await MontyEngine
            .StartAsync(
                new MontyEngineOptions
                {
                    Store = store,
                    TurnTimeout = TurnTimeout,
                    Pool = new MontyPoolOptions { MaxWorkers = 2 },
                    Host = (id, printed, suspension, token) => sessions[id].Ask(printed, suspension, token),
                },
                cancellationToken
            )
            .ConfigureAwait(false);
        var id = new SessionId("ladder", (sessions.Count + 1).ToString(CultureInfo.InvariantCulture));
        var session = sessions[id] = new Session(engine, id, setup);
        await session.OpenAsync(cancellationToken).ConfigureAwait(false);
        return session;
    }

    public void Dispose()
    {
        engine?.DisposeAsync().AsTask().GetAwaiter().GetResult();
        store.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }

    private sealed class Session(MontyEngine engine, SessionId id, LadderSetup setup) : ILadderSession
    {
        private readonly Channel<LadderTurn> turns = Channel.CreateUnbounded<LadderTurn>();
        private readonly Channel<MontyAnswer> answers = Channel.CreateUnbounded<MontyAnswer>();
        private long version;
        private int commands;
        private int reportedLength;

        public async ValueTask OpenAsync(CancellationToken cancellationToken) =>
            await SendAsync(
                    new OpenCommand(NextId(), new SessionSetup { ScriptName = setup.ScriptName, Limits = setup.Limits }),
                    cancellationToken
                )
                .ConfigureAwait(false);

        /// <summary>Reports a suspension as the result of the current turn, and waits for the answer.</summary>
        public MontyAnswer Ask(string printed, MontySuspension suspension, CancellationToken cancellationToken)
        {
            reportedLength += printed.Length;
            turns.Writer.TryWrite(new LadderTurn(printed, suspension));
            return answers.Reader.ReadAsync(cancellationToken).AsTask().GetAwaiter().GetResult();
        }

        public async ValueTask<LadderTurn> FeedAsync(LadderFeed feed, CancellationToken cancellationToken)
        {
            if (feed.TypeCheckStubs is { } stubs)
            {
                var check = new TypeCheckOptions
                {
                    Stubs = stubs,
                    ScriptName = setup.ScriptName,
                    Inputs = feed.Inputs,
                };
                var report = await engine.Pool.CheckTypesAsync(feed.Code, check, cancellationToken).ConfigureAwait(false);
                if (report.HasErrors)
                {
                    return new LadderTurn("", new MontyTypingFailed(report.Text));
                }
            }

            reportedLength = 0;
            _ = RunAsync(new FeedCommand(NextId(), feed.Code, feed.Inputs.ToEquatableArray()), cancellationToken);
            return await NextAsync(cancellationToken).ConfigureAwait(false);
        }

        public async ValueTask<LadderTurn> AnswerAsync(MontySuspension suspension, MontyAnswer answer, CancellationToken cancellationToken)
        {
            answers.Writer.TryWrite(answer);
            return await NextAsync(cancellationToken).ConfigureAwait(false);
        }

        public async ValueTask SnapshotAsync(CancellationToken cancellationToken) =>
            await engine.PassivateAsync(id, cancellationToken).ConfigureAwait(false);

        public async ValueTask DisposeAsync() => await engine.SendAsync(id, new CloseCommand(NextId())).ConfigureAwait(false);

        private string NextId() => (++commands).ToString(CultureInfo.InvariantCulture);

        private async ValueTask<LadderTurn> NextAsync(CancellationToken cancellationToken)
        {
            try
            {
                return await turns.Reader.ReadAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (ChannelClosedException exception)
            {
                throw new LadderPathException(exception.InnerException?.Message ?? exception.Message, exception);
            }
        }

        private async Task SendAsync(SessionCommand command, CancellationToken cancellationToken)
        {
            if (await engine.SendAsync(id, command, cancellationToken).ConfigureAwait(false) is SessionReply.Refused refused)
            {
                throw new LadderPathException(refused.Message);
            }
        }

        /// <summary>Runs a feed in the background, while the caller answers its suspensions.</summary>
        /// <remarks>The engine acknowledges the command with its first append, which may be as late as the end of the feed.</remarks>
        private async Task RunAsync(FeedCommand feed, CancellationToken cancellationToken)
        {
            try
            {
                await SendAsync(feed, cancellationToken).ConfigureAwait(false);
                await EndAsync(cancellationToken).ConfigureAwait(false);
            }
#pragma warning disable CA1031 // The exception is reported to the caller that waits for the next turn.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                turns.Writer.TryComplete(exception);
            }
        }

        /// <summary>Reads the events up to the end of the feed, and reports the end as the last turn.</summary>
        private async Task EndAsync(CancellationToken cancellationToken)
        {
            var printed = "";
            await foreach (var stored in engine.FollowAsync(id, version, cancellationToken).ConfigureAwait(false))
            {
                version = stored.Version;
                if (stored.Event is TextPrinted text)
                {
                    printed += text.Text;
                }

                if (stored.Event is not FeedEnded { Outcome: var outcome })
                {
                    continue;
                }

                turns.Writer.TryWrite(new LadderTurn(printed[reportedLength..], ToProgress(outcome)));
                return;
            }
        }

        private static MontyProgress ToProgress(FeedOutcome outcome) =>
            outcome switch
            {
                FeedOutcome.Completed completed => new MontyComplete(completed.Value),
                FeedOutcome.Failed failed => new MontyFailed(failed.Error, failed.Origin),
                FeedOutcome.Cancelled cancelled => CreateKeyboardInterrupt(cancelled.Reason),
                _ => new MontyTypingFailed(""),
            };

        private static MontyFailed CreateKeyboardInterrupt(string? reason) =>
            new(new PythonError("KeyboardInterrupt", reason), FailureOrigin.Script);
    }
}
