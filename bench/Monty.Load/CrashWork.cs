using System.Globalization;
using Monty.Actors;

namespace Monty.Load;

/// <summary>The size of a crash test.</summary>
/// <param name="Sessions">The number of sessions. Each of them is forked once.</param>
/// <param name="Calls">The number of tool calls of each session and its fork together, without those of the canceled feed.</param>
internal sealed record CrashWork(int Sessions, int Calls)
{
    /// <summary>The smallest number of calls, with which the first feed makes none.</summary>
    public const int MinCalls = CrashScripts.CallsAfterFirstFeed;

    private const string Tenant = "load";
    private const string ForkSuffix = "-fork";
    private const int ForkOffset = 500;

    public static CrashWork Parse(string sessions, string calls) =>
        new(int.Parse(sessions, CultureInfo.InvariantCulture), int.Parse(calls, CultureInfo.InvariantCulture));

    /// <summary>The number of calls in all sessions.</summary>
    public int TotalCalls => Sessions * Calls;

    /// <summary>The scripts of the sessions.</summary>
    public CrashScripts Scripts => new(Calls);

    /// <summary>The ids of the sessions, without the forks.</summary>
    public IEnumerable<SessionId> Ids =>
        Enumerable.Range(0, Sessions).Select(i => new SessionId(Tenant, string.Create(CultureInfo.InvariantCulture, $"s{i}")));

    /// <summary>Returns the id of the fork of a session.</summary>
    public static SessionId ForkOf(SessionId session) => new(session.Tenant, session.Name + ForkSuffix);

    /// <summary>Returns the number of a session. A fork has the number of its source.</summary>
    public static int NumberOf(SessionId session) =>
        int.Parse(session.Name.Replace(ForkSuffix, "", StringComparison.Ordinal).AsSpan(1), CultureInfo.InvariantCulture);

    /// <summary>Returns the result of a call or the value of a signal, which is different for each argument and each session.</summary>
    public static long GetValue(SessionId session, long argument) =>
        (argument * 7) + (1000L * NumberOf(session)) + (session.Name.EndsWith(ForkSuffix, StringComparison.Ordinal) ? ForkOffset : 0);
}
