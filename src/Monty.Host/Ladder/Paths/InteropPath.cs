using Monty.Interop;

namespace Monty.Host.Ladder.Paths;

/// <summary>Runs fixtures on a <see cref="MontySession"/>, turn by turn.</summary>
internal sealed class InteropPath : ILadderPath
{
    public const string PathName = "interop";

    /// <summary>The time after which a turn counts as hung. No fixture computes this long, not even on a busy machine.</summary>
    private static readonly TimeSpan TurnTimeout = TimeSpan.FromSeconds(30);

    // A snapshot is loaded into a second worker while the first one is still in use.
    private readonly MontyPool pool = new(new MontyPoolOptions { MaxWorkers = 2 });

    public string Name => PathName;

    public async ValueTask<ILadderSession> OpenAsync(LadderSetup setup, CancellationToken cancellationToken)
    {
        var options = new SessionOptions
        {
            ScriptName = setup.ScriptName,
            Limits = setup.Limits,
            TurnTimeout = TurnTimeout,
        };
        return new Session(pool, await pool.OpenSessionAsync(options, cancellationToken).ConfigureAwait(false), setup);
    }

    public void Dispose() => pool.Dispose();

    private sealed class Session(MontyPool pool, MontySession initialSession, LadderSetup setup) : ILadderSession
    {
        private readonly PrintBuffer printed = new();
        private MontySession session = initialSession;

        public ValueTask<LadderTurn> FeedAsync(LadderFeed feed, CancellationToken cancellationToken) =>
            TakeTurnAsync(async () =>
                await CheckTypesAsync(feed, cancellationToken).ConfigureAwait(false)
                ?? await session
                    .StartAsync(feed.Code, new FeedOptions { Inputs = feed.Inputs, OnPrint = printed.Add }, cancellationToken)
                    .ConfigureAwait(false)
            );

        public ValueTask<LadderTurn> AnswerAsync(MontySuspension suspension, MontyAnswer answer, CancellationToken cancellationToken) =>
            TakeTurnAsync(() => session.AnswerAsync(suspension, answer, cancellationToken));

        public async ValueTask SnapshotAsync(CancellationToken cancellationToken)
        {
            try
            {
                var dump = await session.DumpAsync(cancellationToken).ConfigureAwait(false);
                var options = new SessionOptions { Limits = MontyLimits.None, TurnTimeout = TurnTimeout };
                var loaded = await pool.LoadSessionAsync(dump, options, cancellationToken).ConfigureAwait(false);
                await session.DisposeAsync().ConfigureAwait(false);
                session = loaded;
            }
            catch (MontyException exception)
            {
                throw new LadderPathException(exception.Message, exception);
            }
        }

        public ValueTask DisposeAsync()
        {
            session.Dispose();
            return ValueTask.CompletedTask;
        }

        private async ValueTask<MontyTypingFailed?> CheckTypesAsync(LadderFeed feed, CancellationToken cancellationToken)
        {
            if (feed.TypeCheckStubs is not { } stubs)
            {
                return null;
            }

            var check = new TypeCheckOptions
            {
                Stubs = stubs,
                ScriptName = setup.ScriptName,
                Inputs = feed.Inputs,
            };
            var report = await pool.CheckTypesAsync(feed.Code, check, cancellationToken).ConfigureAwait(false);
            return report.HasErrors ? new MontyTypingFailed(report.Text) : null;
        }

        private async ValueTask<LadderTurn> TakeTurnAsync(Func<ValueTask<MontyProgress>> turn)
        {
            try
            {
                var progress = await turn().ConfigureAwait(false);
                return new LadderTurn(printed.Take(), progress);
            }
            catch (Exception exception) when (exception is MontyException or ArgumentException)
            {
                throw new LadderPathException(exception.Message, exception);
            }
        }
    }
}
