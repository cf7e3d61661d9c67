using System.Globalization;
using Monty.Actors;
using Monty.Interop;

namespace Monty.Load;

/// <summary>The work of the sessions in a crash test, and its expected results.</summary>
/// <param name="Sessions">The number of sessions.</param>
/// <param name="Calls">The number of calls in each session.</param>
internal sealed record CrashWork(int Sessions, int Calls)
{
    private const int CallsPerRound = 6;

    public static CrashWork Parse(string sessions, string calls) =>
        new(int.Parse(sessions, CultureInfo.InvariantCulture), int.Parse(calls, CultureInfo.InvariantCulture));

    /// <summary>The number of calls in all sessions.</summary>
    public int TotalCalls => Sessions * Calls;

    /// <summary>The script, whose rounds contain calls of handlers, external calls, and three parallel calls.</summary>
    public string Script =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"""
            import asyncio
            total = 0
            for r in range(0, {Calls / CallsPerRound * CallsPerRound}, {CallsPerRound}):
                total += effect(r)
                total += ask(r + 1)
                total += effect(r + 2)
                for x in await asyncio.gather(effect_async(r + 3), ask_async(r + 4), effect_async(r + 5)):
                    total += x
            for i in range({Calls / CallsPerRound * CallsPerRound}, {Calls}):
                total += effect(i)
            total
            """
        );

    /// <summary>The ids of the sessions.</summary>
    public IEnumerable<SessionId> Ids =>
        Enumerable.Range(0, Sessions).Select(i => new SessionId("load", string.Create(CultureInfo.InvariantCulture, $"s{i}")));

    /// <summary>Returns the result of a call, which is different for each call and each session.</summary>
    public static long GetValue(SessionId session, long argument) =>
        (argument * 7) + (1000 * long.Parse(session.Name.AsSpan(1), CultureInfo.InvariantCulture));

    /// <summary>Returns the expected outcome of a session.</summary>
    public FeedOutcome GetExpectedOutcome(SessionId session) =>
        new FeedOutcome.Completed(Enumerable.Range(0, Calls).Sum(i => GetValue(session, i)));

    /// <summary>Returns the argument of a call.</summary>
    public static long GetArgument(MontySuspension call) =>
        call is MontyFunctionCall { Arguments: [MontyInt number] } && number.TryGetInt64(out var argument)
            ? argument
            : throw new InvalidOperationException($"The script does not make the call {call}.");
}
