using System.Runtime.CompilerServices;
using Monty.Actors.Records;

namespace Monty.Actors.Engine;

/// <summary>What is read of sessions: from the journal, page by page, and not through their actors.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class SessionReads(IJournal journal, CancellationToken stopping)
{
    /// <summary>How many records or sessions are read at once.</summary>
    public const int PageSize = 1000;

    private readonly SessionWatch watch = new();
    private readonly SessionWatch ends = new();

    /// <summary>How many sessions somebody follows or waits for.</summary>
    public int Followed => watch.Count + ends.Count;

    /// <summary>Told after each append.</summary>
    /// <param name="session">The session.</param>
    /// <param name="isEnd">True when those who wait for the end of a feed have something to see.</param>
    public void Appended(SessionId session, bool isEnd)
    {
        watch.Appended(session);
        if (isEnd)
        {
            ends.Appended(session);
        }
    }

    public async IAsyncEnumerable<StoredEvent> ReadAsync(
        SessionId session,
        long afterVersion,
        long upTo,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        while (afterVersion < upTo)
        {
            var page = await journal
                .ReadAsync(session, afterVersion, (int)Math.Min(PageSize, upTo - afterVersion), cancellationToken)
                .ConfigureAwait(false);
            foreach (var record in page)
            {
                yield return new StoredEvent(record.Version, record.At, RecordCodec.Decode(record));
            }

            if (page.Count == 0)
            {
                yield break;
            }

            afterVersion = page[^1].Version;
        }
    }

    /// <summary>Reads on whenever something was appended.</summary>
    public async IAsyncEnumerable<StoredEvent> FollowAsync(
        SessionId session,
        long afterVersion,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var next = Task.CompletedTask;
        var read = Math.Max(afterVersion - 1, 0); // with the last event that the caller has, as nothing follows where that is the close
        try
        {
            while (true)
            {
                next = watch.NextAsync(session);
                await foreach (var stored in ReadAsync(session, read, long.MaxValue, cancellationToken).ConfigureAwait(false))
                {
                    read = stored.Version;
                    if (read > afterVersion)
                    {
                        yield return stored;
                    }

                    if (stored.Event is SessionClosed)
                    {
                        yield break;
                    }
                }

                await UntilAsync(next, cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            watch.Leave(session, next);
        }
    }

    /// <summary>The session as its story makes it; null when there is none.</summary>
    public async Task<SessionView?> FindAsync(SessionId session, CancellationToken cancellationToken)
    {
        if (await journal.FindAsync(session, cancellationToken).ConfigureAwait(false) is not { } head)
        {
            return null;
        }

        try
        {
            return SessionView.Of(head, await FoldAsync(session, head.Version, null, cancellationToken).ConfigureAwait(false));
        }
        catch (JournalUnreadableException)
        {
            if (await journal.FindAsync(session, cancellationToken).ConfigureAwait(false) is not null)
            {
                throw;
            }

            return null; // it was purged meanwhile
        }
    }

    /// <summary>What a story leads to.</summary>
    /// <param name="session">The session.</param>
    /// <param name="upTo">The version that the story has to reach.</param>
    /// <param name="see">Sees each fact first; null for nobody.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="JournalException">The store failed, or the story makes no sense (<see cref="JournalUnreadableException"/>).</exception>
    public async Task<SessionState> FoldAsync(SessionId session, long upTo, Action<SessionEvent>? see, CancellationToken cancellationToken)
    {
        var (state, last) = (SessionState.None, 0L);
        await foreach (var stored in ReadAsync(session, 0, upTo, cancellationToken).ConfigureAwait(false))
        {
            last = stored.Version;
            see?.Invoke(stored.Event);
            try
            {
                state = SessionEvolver.Evolve(state, stored.Event);
            }
            catch (InvalidOperationException broken)
            {
                throw new JournalUnreadableException(
                    $"{broken.Message} That is record {last} of {session}, which cannot go on. Restore its records from a backup.",
                    broken
                );
            }
        }

        return last == upTo
            ? state
            : throw new JournalUnreadableException(
                $"The story of {session} ends with record {last}, and it had {upTo}. Restore its records from a backup."
            );
    }

    /// <summary>How a feed ended, now or later: the last one of its command id, as ids are forgotten in time.</summary>
    public async Task<FeedOutcome> WaitAsync(SessionId session, string commandId, long afterVersion, CancellationToken cancellationToken)
    {
        var isMine = false;
        SessionQuarantined? quarantine = null;
        var next = Task.CompletedTask;
        try
        {
            while (true)
            {
                next = ends.NextAsync(session);
                FeedOutcome? outcome = null;
                var from = afterVersion;
                await foreach (var stored in ReadAsync(session, afterVersion, long.MaxValue, cancellationToken).ConfigureAwait(false))
                {
                    afterVersion = stored.Version;
                    switch (stored.Event)
                    {
                        case FeedStarted fed when fed.CommandId == commandId:
                            (isMine, outcome) = (true, null);
                            break;
                        case FeedEnded ended when isMine && outcome is null:
                            outcome = ended.Outcome;
                            break;
                        case SessionForked: // the feeds before it are another session's
                            (isMine, outcome) = (false, null);
                            break;
                        case SessionQuarantined quarantined:
                            quarantine = quarantined;
                            break;
                        case QuarantineReleased or SessionClosed:
                            quarantine = null;
                            break;
                    }
                }

                if (outcome is not null)
                {
                    return outcome;
                }

                if (
                    afterVersion == 0
                    || (from == afterVersion && await journal.FindAsync(session, cancellationToken).ConfigureAwait(false) is null)
                )
                {
                    throw new SessionRefusedException(SessionRefusal.NotFound, $"There is no session {session}.");
                }

                if (!isMine)
                {
                    throw new SessionRefusedException(
                        SessionRefusal.NoSuchFeed,
                        $"{session} has no feed of that command id. Send the feed first."
                    );
                }

                if (quarantine is not null)
                {
                    throw new SessionQuarantinedException(session, quarantine);
                }

                await UntilAsync(next, cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            ends.Leave(session, next);
        }
    }

    private async Task UntilAsync(Task next, CancellationToken cancellationToken)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, stopping);
        try
        {
            await next.WaitAsync(over.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ObjectDisposedException("The engine stopped. Follow the session in the one that starts next.", innerException: null);
        }
    }
}
