using Akka.Actor;

namespace Monty.Actors.Actors;

/// <content>Expiry: commands do not wait forever for a store that does not answer.</content>
internal sealed partial class SessionEntity
{
    private TimeSpan TimeToProbe => settings.Options.CommandTimeout * 0.75;

    private void ExpectAnswers()
    {
        isProbed = false;
        Timers.StartSingleTimer(ExpiryTimer, Expire.Instance, TimeToProbe);
    }

    /// <summary>
    /// Fails commands that have waited too long for the store. To exclude commands that wait for a turn, it asks the session actor, which does not reply
    /// while it waits for the store.
    /// </summary>
    private void LookForExpired()
    {
        if (!queue.HasSenders)
        {
            return;
        }

        if (!isProbed)
        {
            isProbed = true;
            session?.Tell(Probe.Instance);
            Timers.StartSingleTimer(ExpiryTimer, Expire.Instance, settings.Options.CommandTimeout - TimeToProbe);
            return;
        }

        queue.FailExpired(
            settings.Options.CommandTimeout,
            new SessionStoreException(
                $"A command to {id} timed out after {settings.Options.CommandTimeout}, because the store does not answer. "
                    + "It may have been applied. Send it again under the same id."
            )
        );
        if (queue.HasSenders)
        {
            Timers.StartSingleTimer(ExpiryTimer, Expire.Instance, queue.TimeToExpiry(settings.Options.CommandTimeout));
        }
    }

    /// <summary>Extends the time of commands, because the session does not wait for the store. Has no effect if the store has just failed.</summary>
    private void ExpectMoreTime()
    {
        if (isProbed && failures == 0)
        {
            ExpectAnswers();
        }
    }
}
