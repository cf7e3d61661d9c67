using System.Diagnostics;
using System.Globalization;
using Monty.Actors;

namespace Monty.Load;

/// <summary>The process that opens the waiting sessions. Each runs its code up to the call that it waits for.</summary>
internal static class PrepareCommand
{
    private const int Callers = 32;

    public static async Task<int> RunAsync(string store, string location, int sessions)
    {
        ParentProcess.EndWithIt();
        await using var storage = await Stores.OpenAsync(store, location);
        await using var engine = await MontyEngine.StartAsync(
            new MontyEngineOptions
            {
                Store = storage,
                Tools = [DurableTool.External("ask")],
                IdleTimeout = TimeSpan.FromSeconds(1), // so that sessions leave memory while others are prepared
                AnswerFirstAfter = TimeSpan.FromMinutes(1), // so that a reply means that the session waits for its next call
            }
        );
        var started = Stopwatch.GetTimestamp();
        var prepared = 0;
        await Parallel.ForAsync(
            0,
            sessions,
            new ParallelOptions { MaxDegreeOfParallelism = Callers },
            async (number, _) =>
            {
                await PrepareAsync(engine, new WaitingSession(number));
                var done = Interlocked.Increment(ref prepared);
                if (done % 5000 == 0)
                {
                    var rate = done / Stopwatch.GetElapsedTime(started).TotalSeconds;
                    Console.WriteLine(
                        string.Create(CultureInfo.InvariantCulture, $"prepared {done} of {sessions} sessions, {rate:0} a second")
                    );
                }
            }
        );
        var waiting = await CountWaitingAsync(engine);
        if (waiting != sessions)
        {
            Console.WriteLine($"{sessions} sessions should wait for a call, but {waiting} do.");
            return 1;
        }

        return 0;
    }

    private static async Task PrepareAsync(MontyEngine engine, WaitingSession session)
    {
        if (session.HasDefinitions)
        {
            await engine.RunAsync(session.Id, session.Definitions, "definitions");
        }
        else
        {
            await SendAsync(engine, session.Id, new OpenCommand("open", new SessionSetup()));
        }

        await SendAsync(engine, session.Id, new FeedCommand(WaitingSession.FeedId, session.Code));
        foreach (var answer in session.EarlierAnswers)
        {
            await SendAsync(engine, session.Id, answer);
        }
    }

    private static async Task SendAsync(MontyEngine engine, SessionId session, SessionCommand command)
    {
        if (await engine.SendAsync(session, command) is not SessionReply.Accepted and var reply)
        {
            throw new InvalidOperationException($"{session} did not accept {command}: {reply}");
        }
    }

    private static async Task<int> CountWaitingAsync(MontyEngine engine)
    {
        var count = 0;
        foreach (var tenant in WaitingSession.Tenants)
        {
            var query = new SessionQuery(tenant) { Status = SessionStatus.Waiting, Max = 1000 };
            IReadOnlyList<SessionEntry> page;
            do
            {
                page = await engine.ListAsync(query);
                count += page.Count;
                query = query with { After = page.Count > 0 ? page[^1].Session.Name : null };
            } while (page.Count == query.Max);
        }

        return count;
    }
}
