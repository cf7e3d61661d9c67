using System.Globalization;
using Monty.Actors;
using Monty.Interop;

namespace Monty.Load;

/// <summary>What the sessions of a crash run do, and what must come out.</summary>
/// <param name="Sessions">How many.</param>
/// <param name="Calls">The calls of each.</param>
internal sealed record CrashWork(int Sessions, int Calls)
{
    private const int CallsPerRound = 6;

    public static CrashWork Parse(string sessions, string calls) =>
        new(int.Parse(sessions, CultureInfo.InvariantCulture), int.Parse(calls, CultureInfo.InvariantCulture));

    /// <summary>All calls of all sessions.</summary>
    public int TotalCalls => Sessions * Calls;

    /// <summary>Effects, questions, and three calls at once, round after round.</summary>
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

    /// <summary>What a call of a session gives: another value for each call and each session.</summary>
    public static long ValueOf(SessionId session, long argument) =>
        (argument * 7) + (1000 * long.Parse(session.Name.AsSpan(1), CultureInfo.InvariantCulture));

    /// <summary>What a session's script must end with.</summary>
    public FeedOutcome Expected(SessionId session) => new FeedOutcome.Completed(Enumerable.Range(0, Calls).Sum(i => ValueOf(session, i)));

    /// <summary>What a call was given.</summary>
    public static long ArgumentOf(MontySuspension call) =>
        call is MontyFunctionCall { Arguments: [MontyInt number] } && number.TryGetInt64(out var argument)
            ? argument
            : throw new InvalidOperationException($"Nobody makes the call {call}.");
}
