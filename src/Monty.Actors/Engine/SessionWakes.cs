namespace Monty.Actors.Engine;

/// <summary>Wakes sessions that have something to do without being asked: at the start those that were at work, later those whose time has come.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class SessionWakes : IDisposable
{
    private const int PageSize = SessionReads.PageSize;
    private static readonly TimeSpan Again = TimeSpan.FromMilliseconds(100);

    /// <summary>How often the journal is looked at for what nobody told: an engine before this one may have appended until it noticed that it had lost the store.</summary>
    private static readonly TimeSpan LookAgain = TimeSpan.FromMinutes(1);
    private readonly MontyEngine engine;
    private readonly DueTimer due;
    private Task recovery = Task.CompletedTask;
    private Task wakes = Task.CompletedTask;
    private DueSession? lastWoken;

    public SessionWakes(MontyEngine engine)
    {
        this.engine = engine;
        due = new DueTimer(engine.Time, () => wakes = WakeDueAsync(wakes));
    }

    /// <summary>Lets the sessions go on that were at work, and looks for more now and then.</summary>
    public void Begin() => recovery = RecoverAsync();

    /// <summary>Sees to it that sessions are woken that are due at a time.</summary>
    public void Expect(DateTimeOffset? dueAt) => due.Expect(dueAt);

    /// <summary>Wakes nobody any more.</summary>
    public void Dispose() => due.Dispose();

    /// <summary>Waits for what runs, once the engine stops.</summary>
    public async Task EndAsync()
    {
        await recovery.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await wakes.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task RecoverAsync()
    {
        await Task.Yield();
        var isRecovered = false;
        while (!engine.IsStopping)
        {
            var wait = LookAgain;
            try
            {
                due.Expect(await engine.Journal.FindNextDueAsync(engine.Stopping).ConfigureAwait(false));
                if (isRecovered)
                {
                    await foreach (var session in ActiveAsync().ConfigureAwait(false))
                    {
                        engine.Live.TryWake(session);
                    }
                }
                else
                {
                    await Parallel
                        .ForEachAsync(
                            ActiveAsync(),
                            new ParallelOptions
                            {
                                MaxDegreeOfParallelism = engine.Options.MaxRecoveries,
                                CancellationToken = engine.Stopping,
                            },
                            WakeAsync
                        )
                        .ConfigureAwait(false);
                }

                isRecovered = true;
            }
#pragma warning disable CA1031 // Whatever a store throws, sessions are to be woken later.
            catch (Exception failed)
#pragma warning restore CA1031
            {
                if (engine.IsStopping)
                {
                    return; // what it waited for ended with the engine
                }

                engine.Report("The sessions with work to do could not be listed; trying again.", failed);
                wait = Backoff.Longest;
            }

            await Task.Delay(wait, engine.Time, engine.Stopping)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ForceYielding); // on the engine's clock: nobody tells of what the next look is for, and a store that failed gets time to come back
        }
    }

    private async IAsyncEnumerable<SessionId> ActiveAsync()
    {
        for (
            SessionId? after = null;
            await engine.Journal.ListActiveAsync(after, PageSize, engine.Stopping).ConfigureAwait(false) is { Count: > 0 } page;
            after = page[^1]
        )
        {
            foreach (var session in page)
            {
                yield return session;
            }
        }
    }

    /// <summary>Wakes a session, and waits until its story is read; what it does then goes on by itself.</summary>
    private async ValueTask WakeAsync(SessionId session, CancellationToken cancellationToken)
    {
        var woken = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await engine.Live.TellAsync(session, new SessionMessage.Wake(woken), cancellationToken).ConfigureAwait(false);
        await woken.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Wakes a page of the sessions that are due, without waiting for any of them: the next page, or whom this did not reach, has its turn later.</summary>
    private async Task WakeDueAsync(Task before)
    {
        await before.ConfigureAwait(ConfigureAwaitOptions.ForceYielding | ConfigureAwaitOptions.SuppressThrowing);
        try
        {
            var now = engine.Time.GetUtcNow();
            var sessions = await engine.Journal.ListDueAsync(now, lastWoken, PageSize, engine.Stopping).ConfigureAwait(false);
            var reached = true;
            foreach (var (session, _) in sessions)
            {
                reached &= engine.Live.TryWake(session);
            }

            lastWoken = sessions.Count > 0 ? sessions[^1] : lastWoken;
            if (sessions.Count == PageSize)
            {
                due.Expect(now + Again);
                return;
            }

            var next = await engine.Journal.ListDueAsync(DateTimeOffset.MaxValue, lastWoken, 1, engine.Stopping).ConfigureAwait(false);
            if (next.Count > 0)
            {
                due.Expect(next[0].DueAt);
            }

            if (lastWoken is not null)
            {
                due.Expect(now + (reached ? Backoff.Longest : Again)); // what cannot be loaded or appended stays due
            }

            lastWoken = null;
        }
#pragma warning disable CA1031 // Whatever a store throws, sessions are to be woken later.
        catch (Exception failed)
#pragma warning restore CA1031
        {
            if (engine.IsStopping)
            {
                return; // what it waited for ended with the engine
            }

            lastWoken = null;
            engine.Report("The timers that are due could not be listed; trying again.", failed);
            due.Expect(engine.Time.GetUtcNow() + Backoff.Longest);
        }
    }
}
