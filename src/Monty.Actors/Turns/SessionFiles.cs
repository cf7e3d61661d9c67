using Monty.Interop;

namespace Monty.Actors.Turns;

/// <summary>The operating system as one session sees it: environment, clock and files. In-memory files are derived only from the session's history.</summary>
/// <remarks>Thread-safe. Folders are opened by the first call that needs them.</remarks>
internal sealed class SessionFiles(SessionId session, MontyEngineOptions options) : IDisposable
{
    private const int MaxRecorded = 12 << 20; // bytes of JSON; a record is limited to 16 MiB by default
    private const int MaxPathInError = 4096; // the error is stored, and a script may use a path of any length
    private readonly Lock gate = new();
    private readonly PinnedTime clock = new(options.TimeProvider);
    private MontyOs? opened;
    private bool isStale;
    private bool isOver;

    /// <summary>True if the files do not match the history: a turn that is not recorded changed them, or they have not been restored yet.</summary>
    public bool IsStale
    {
        get
        {
            lock (gate)
            {
                return isStale;
            }
        }
    }

    /// <summary>Answers a call, unless it changes the host. Such a call must be announced first.</summary>
    /// <param name="call">The call.</param>
    /// <param name="turn">The cancellation token of the turn that asks. A canceled turn may still run, but changes nothing.</param>
    public OsReply Ask(MontyOsCall call, CancellationToken turn)
    {
        lock (gate)
        {
            turn.ThrowIfCancellationRequested();
            var os = Open();
            var effect = os.Effects.GetEffect(call);
            if (effect != FileEffect.Nothing && call.Arguments.Any(IsTooLarge))
            {
                return new OsReply(TooLarge(call));
            }

            switch (effect)
            {
                case FileEffect.Nothing:
                    var answer = os.Answer(call);
                    return new OsReply(answer is ReturnAnswer { Value: var value } && IsTooLarge(value) ? TooLarge(call) : answer);
                case FileEffect.Host:
                    return os.Effects.FindRefusal(call) is { } refusal
                        ? new OsReply(refusal)
                        : new OsReply(null) { FileLength = os.Effects.GetLengthBefore(call) };
                default:
                    isStale = true;
                    var now = Microseconds.Cut(options.TimeProvider.GetUtcNow());
                    return new OsReply(clock.Pin(now, () => os.Answer(call))) { FilesChangedAt = now };
            }
        }
    }

    /// <summary>Makes the change that an announced call requests.</summary>
    /// <param name="call">The call.</param>
    /// <param name="mayBeDone">True if the change may have been made before and its answer was lost.</param>
    public MontyAnswer Change(OpenCall call, bool mayBeDone)
    {
        lock (gate)
        {
            return mayBeDone ? Open().Effects.AnswerAgain((MontyOsCall)call.Call, call.FileLength) : Open().Answer((MontyOsCall)call.Call);
        }
    }

    /// <summary>Marks the file changes of the turn as recorded. Called when the turn counts.</summary>
    public void Keep()
    {
        lock (gate)
        {
            isStale = false;
        }
    }

    /// <summary>Marks the files as not matching the history. They are restored when they are needed.</summary>
    public void MarkStale()
    {
        lock (gate)
        {
            isStale = true;
        }
    }

    /// <summary>Restores the files from the history of the session.</summary>
    /// <exception cref="ReplayMismatchException">A call returns another answer than the recorded one.</exception>
    public async Task RestoreAsync(IAsyncEnumerable<SessionEvent> history)
    {
        Close();
        var version = 0L;
        Dictionary<uint, MontyOsCall> announced = [];
        await foreach (var @event in history.ConfigureAwait(false))
        {
            Restore(@event, ++version, announced);
        }

        Keep();
    }

    private void Restore(SessionEvent @event, long version, Dictionary<uint, MontyOsCall> announced)
    {
        lock (gate)
        {
            switch (@event)
            {
                case CalledInline { FilesChangedAt: { } at, Suspension: MontyOsCall call, Answer: var recorded }:
                    var answer = clock.Pin(at, () => Open().Answer(call));
                    if (answer != recorded)
                    {
                        throw new ReplayMismatchException(
                            version,
                            $"{Replay.Describe(call)} gave {Replay.Describe(recorded)}",
                            $"the same call returned {Replay.Describe(answer)}",
                            "The current mounts"
                        );
                    }

                    break;
                case CallAnnounced { Call: MontyOsCall call }:
                    announced[call.CallId] = call;
                    break;
                case CallAnswered { Answer: ReturnAnswer } answered when announced.Remove(answered.CallId, out var call):
                    Open().Effects.CountWrite(call);
                    break;
                case FeedEnded:
                    announced.Clear(); // ids are counted from 0 in each feed
                    break;
            }
        }
    }

    /// <summary>Opens the folders if they are not open.</summary>
    /// <exception cref="InvalidOperationException">The folders cannot be opened.</exception>
    public MontyOs Open()
    {
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(isOver, this);
            return opened ??= Make();
        }
    }

    public void Dispose()
    {
        lock (gate)
        {
            Close();
            isOver = true;
        }
    }

    private void Close()
    {
        lock (gate)
        {
            opened?.Dispose();
            opened = null;
        }
    }

    private MontyOs Make()
    {
        try
        {
            var view = new MontyOsOptions
            {
                Environment = options.Environment,
                Clock = clock,
                WorkingDirectory = options.WorkingDirectory,
                Mounts = options.Mounts?.Invoke(session) ?? [],
            };
            return clock.Pin(DateTimeOffset.UnixEpoch, () => new MontyOs(view)); // the same times at every restore
        }
#pragma warning disable CA1031 // The host's function can throw any exception.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            throw new InvalidOperationException(
                $"The mounts of {session} cannot be opened; the inner exception gives the cause. Fix it, and the session continues.",
                exception
            );
        }
    }

    private static bool IsTooLarge(MontyValue value) =>
        value switch
        {
            MontyStr text => text.Value.Length > MaxRecorded / 6 && MontyJson.Measure(value) > MaxRecorded, // a character takes at most six bytes of JSON
            MontyBytes bytes => bytes.Value.Length > MaxRecorded / 4 * 3,
            MontyList => MontyJson.Measure(value) > MaxRecorded,
            _ => false,
        };

    private static MontyAnswer TooLarge(MontyOsCall call) =>
        MontyAnswer.Raise("OSError", $"[Errno 27] File too large: {new MontyStr(Shorten(((MontyPath)call.Arguments[0]).Value))}");

    private static string Shorten(string path) => path.Length > MaxPathInError ? path[..MaxPathInError] + "…" : path;

    /// <summary>A clock that can be pinned to a time.</summary>
    private sealed class PinnedTime(TimeProvider time) : TimeProvider
    {
        private DateTimeOffset? pinned;

        public override TimeZoneInfo LocalTimeZone => time.LocalTimeZone;

        public override DateTimeOffset GetUtcNow() => pinned ?? time.GetUtcNow();

        public T Pin<T>(DateTimeOffset at, Func<T> act)
        {
            var before = pinned;
            pinned = at;
            try
            {
                return act();
            }
            finally
            {
                pinned = before;
            }
        }
    }
}

/// <summary>The result of an operating system call.</summary>
/// <param name="Answer">The answer, or null if the call must be announced.</param>
internal readonly record struct OsReply(MontyAnswer? Answer)
{
    /// <summary>The time at which the call changed the session's own files, or null if it did not.</summary>
    public DateTimeOffset? FilesChangedAt { get; init; }

    /// <summary>The length of the file that the call appends to, or null for other calls.</summary>
    public long? FileLength { get; init; }
}
