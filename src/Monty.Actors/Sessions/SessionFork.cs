namespace Monty.Actors;

/// <summary>Which session can be forked, and which can begin as a fork.</summary>
/// <remarks>Pure. The fork is a session of its own whose story begins as the other's and goes on with <see cref="Forked"/>; the other's story does not change.</remarks>
internal static class SessionFork
{
    /// <summary>What is wrong with the command itself; null when nothing is.</summary>
    public static Acceptance.Refused? Check(ForkCommand fork) =>
        CommandCheck.WhyInvalid(fork) is { } invalid
            ? new Acceptance.Refused(SessionRefusal.Invalid, invalid)
            : (
                SessionId.IsValidPart(fork.Target)
                    ? null
                    : new Acceptance.Refused(SessionRefusal.Invalid, $"The fork's name cannot be used: a name {SessionId.Rule}")
            );

    /// <summary>Why a session cannot be forked as it is; null when it can.</summary>
    public static Acceptance.Refused? Refuse(SessionState source, ForkCommand fork)
    {
        if (source.Setup is null)
        {
            return SessionCore.NotFound;
        }

        if (source.IsClosed)
        {
            return SessionCore.Closed;
        }

        if (source.Quarantine is not null)
        {
            return SessionCore.InQuarantine;
        }

        if (source.Feed is { } feed)
        {
            return new Acceptance.Refused(
                SessionRefusal.Busy,
                $"Feed {feed.Number} is not over, and its calls cannot be those of two sessions. Answer its calls, wait for it, or cancel it, and fork the session then."
            );
        }

        return source.Commands.Contains(fork.CommandId) ? SessionCore.IdTaken : null;
    }

    /// <summary>Lets a session begin with the story of another one.</summary>
    /// <param name="target">The session as it is.</param>
    /// <param name="forked">Where it would come from.</param>
    /// <param name="refusal">Why the other one cannot be forked now; null when it can.</param>
    public static Acceptance Accept(SessionState target, Forked forked, Acceptance.Refused? refusal)
    {
        if (target.Origin is { } origin && origin.Source == forked.Source && origin.CommandId == forked.CommandId)
        {
            return new Acceptance.Repeated();
        }

        if (refusal is not null)
        {
            return refusal;
        }

        return target.Setup is null ? new Acceptance.Accepted([forked], []) : SessionCore.Exists;
    }
}
