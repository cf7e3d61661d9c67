using System.Diagnostics;
using System.Globalization;
using Monty.Actors;
using Monty.Actors.Persistence;
using Monty.Actors.PostgreSql;
using Monty.Actors.Sqlite;
using Monty.Interop;
using Monty.Testing;
using Monty.Testing.Stores;

namespace Monty.Benchmarks;

/// <summary>Measures the first command to a session that is not in memory, after many past turns and after 100.</summary>
internal static class RecoveryCommand
{
    private const int FewTurns = 100;

    /// <summary>The recoveries of one sample. Each adds a change, so that a sample includes all distances to the last snapshot.</summary>
    private const int Recoveries = 50;

    public static async Task RunAsync(BenchmarkOptions options)
    {
        using var folder = new TempFolder();
        await using var server = await PostgreSqlServer.StartNewAsync();
        await using SessionStore sqlite = await SqliteStore.OpenAsync(folder.File("sessions.db"));
        await using SessionStore postgreSql = await PostgreSqlStore.OpenAsync(
            new PostgreSqlStoreOptions { ConnectionString = server.ConnectionString }
        );
        Console.WriteLine(
            "From sending a command to a session that is not in memory until its reply. A signal needs the recovery and an append, a turn also the interpreter."
        );
        Report.Header($"{options.Turns} turns", $"{FewTurns} turns", "ratio", "processor", "processor", "snapshot", "snapshot");
        foreach (var (name, store) in ((string, SessionStore)[])[("SQLite", sqlite), ("PostgreSQL", postgreSql)])
        {
            await using var engine = await MontyEngine.StartAsync(
                new MontyEngineOptions
                {
                    Store = store,
                    Tools = [DurableTool.Handled("tool", (call, _) => new(call.Call.Arguments[0])), DurableTool.External("ask")],
                }
            );
            await CompareAsync(options, $"{name}, many feeds", turns => ManyFeeds.CreateAsync(engine, turns));
            await CompareAsync(options, $"{name}, one feed", turns => OneFeed.CreateAsync(engine, turns));
        }
    }

    private static async Task CompareAsync(BenchmarkOptions options, string name, Func<int, Task<PastSession>> create)
    {
        var many = await create(options.Turns);
        var few = await create(FewTurns);
        var signals = await Rounds.MediansAsync(
            options.Rounds,
            () => many.RecoverAsync(many.NextSignal),
            () => few.RecoverAsync(few.NextSignal)
        );
        await ReportAsync($"{name}, a signal", signals, many, few);
        var turns = await Rounds.MediansAsync(
            options.Rounds,
            () => many.RecoverAsync(many.NextTurn),
            async () =>
            {
                few = await create(FewTurns); // another session in each round, because every recovery adds a turn
                return await few.RecoverAsync(few.NextTurn);
            }
        );
        await ReportAsync($"{name}, a turn", turns, many, few);
    }

    private static async Task ReportAsync(string name, Cost[] costs, PastSession many, PastSession few) =>
        Report.Row(
            name,
            Report.Microseconds(costs[0].Microseconds),
            Report.Microseconds(costs[1].Microseconds),
            Report.Ratio(costs[0].Microseconds / costs[1].Microseconds),
            Report.Microseconds(costs[0].Processor),
            Report.Microseconds(costs[1].Processor),
            Report.Bytes(await many.FindSnapshotBytesAsync()),
            Report.Bytes(await few.FindSnapshotBytesAsync())
        );

    /// <summary>A session with past turns.</summary>
    private abstract class PastSession(MontyEngine engine)
    {
        private static int sessions;
        private readonly SessionId id = new("acme", string.Create(CultureInfo.InvariantCulture, $"s{++sessions}"));
        private int commands;

        /// <summary>Several times, removes the session from memory and sends it a command. Returns the mean time of a command.</summary>
        public async Task<Cost> RecoverAsync(Func<SessionCommand> next)
        {
            var elapsed = TimeSpan.Zero;
            var processor = TimeSpan.Zero;
            for (var i = 0; i < Recoveries; i++)
            {
                await engine.PassivateAsync(id);
                var command = next();
                var processorBefore = Environment.CpuUsage.TotalTime;
                var started = Stopwatch.GetTimestamp();
                await SendAsync(command);
                elapsed += Stopwatch.GetElapsedTime(started);
                processor += Environment.CpuUsage.TotalTime - processorBefore;
            }

            return new Cost(elapsed.TotalMicroseconds / Recoveries, processor.TotalMicroseconds / Recoveries);
        }

        /// <summary>Returns a command that runs one more turn.</summary>
        public abstract SessionCommand NextTurn();

        /// <summary>Returns a command that runs nothing.</summary>
        public SignalCommand NextSignal() => new SignalCommand(NextId(), "unused", MontyValue.None);

        public async Task<int> FindSnapshotBytesAsync() =>
            (await engine.Options.Store.FindSnapshotAsync(PersistenceIds.For(id), long.MaxValue, CancellationToken.None))?.Payload.Length
            ?? 0;

        protected string NextId() => string.Create(CultureInfo.InvariantCulture, $"command-{++commands}");

        protected async Task SendAsync(SessionCommand command)
        {
            var reply = await engine.SendAsync(id, command);
            if (reply is not SessionReply.Accepted)
            {
                throw new InvalidOperationException($"A command was not accepted: {reply}.");
            }
        }

        /// <summary>Waits for the first call of a function, and returns its id.</summary>
        protected async Task<uint> WaitForCallAsync(string function) =>
            (
                await engine
                    .FollowAsync(id)
                    .Select(e => (e.Event as CallAnnounced)?.Call)
                    .OfType<MontyFunctionCall>()
                    .FirstAsync(call => call.Name == function)
            ).CallId;
    }

    /// <summary>A session whose past turns are feeds.</summary>
    private sealed class ManyFeeds(MontyEngine engine) : PastSession(engine)
    {
        public static async Task<PastSession> CreateAsync(MontyEngine engine, int turns)
        {
            var session = new ManyFeeds(engine);
            await session.SendAsync(new OpenCommand(session.NextId(), new SessionSetup()));
            for (var i = 0; i < turns; i++)
            {
                await session.SendAsync(session.NextTurn());
            }

            return session;
        }

        public override SessionCommand NextTurn() => new FeedCommand(NextId(), "total = 1");
    }

    /// <summary>A session whose past turns are calls of one feed, which waits for an answer.</summary>
    private sealed class OneFeed(MontyEngine engine) : PastSession(engine)
    {
        private uint waiting;

        public static async Task<PastSession> CreateAsync(MontyEngine engine, int turns)
        {
            var session = new OneFeed(engine);
            var setup = new SessionSetup { Limits = new MontyLimits { MaxSuspensionsPerFeed = int.MaxValue } };
            var script = $"for i in range({turns}):\n    tool(i)\nwhile True:\n    ask()";
            await session.SendAsync(new OpenCommand(session.NextId(), setup));
            await session.SendAsync(new FeedCommand(session.NextId(), script));
            session.waiting = await session.WaitForCallAsync("ask");
            return session;
        }

        public override SessionCommand NextTurn() => new AnswerCommand(NextId(), 1, waiting++, MontyAnswer.Return(MontyValue.None));
    }
}
