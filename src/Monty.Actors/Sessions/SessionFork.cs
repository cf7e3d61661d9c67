namespace Monty.Actors;

/// <summary>Decides the fork of a session.</summary>
/// <remarks>
/// Pure. A fork is an independent session. Its history starts with a copy of the other session's history and continues with <see cref="SessionForked"/>. The
/// history of the other session does not change.
/// </remarks>
internal static class SessionFork
{
    /// <summary>Returns a refusal if the command itself is invalid, otherwise null.</summary>
    public static Decision.Refused? Check(ForkCommand fork) =>
        CommandCheck.FindRefusal(fork)
        ?? (
            SessionId.IsValidPart(fork.Target)
                ? null
                : new Decision.Refused(SessionRefusal.Invalid, $"The fork's name is invalid: it {SessionId.Rule}")
        );

    /// <summary>Returns a refusal if a session cannot be forked in its current state, otherwise null.</summary>
    public static Decision.Refused? WhyRefused(SessionState source, ForkCommand fork)
    {
        if (source.Setup is null)
        {
            return SessionDecider.NotFound;
        }

        if (source.IsClosed)
        {
            return SessionDecider.Closed;
        }

        if (source.Quarantine is not null)
        {
            return SessionDecider.InQuarantine;
        }

        if (source.Feed is { } feed)
        {
            return new Decision.Refused(
                SessionRefusal.Busy,
                $"Feed {feed.Number} has not ended, and its calls cannot belong to two sessions. Answer its calls, wait for it, or cancel it, and then fork the session."
            );
        }

        return source.Commands.Contains(fork.CommandId) ? SessionDecider.IdTaken : null;
    }

    /// <summary>Decides whether a session starts as a fork.</summary>
    /// <param name="target">The state of the new session.</param>
    /// <param name="forked">The event that starts the fork.</param>
    /// <param name="refusal">The refusal of the other session, or null if it can be forked.</param>
    public static Decision Decide(SessionState target, SessionForked forked, Decision.Refused? refusal)
    {
        if (target.Origin is { } origin && origin.Source == forked.Source && origin.CommandId == forked.CommandId)
        {
            return new Decision.Repeated();
        }

        if (refusal is not null)
        {
            return refusal;
        }

        return target.Setup is null ? new Decision.Accepted([forked]) : SessionDecider.Exists;
    }
}
