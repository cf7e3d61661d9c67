using Monty.Interop;
using Monty.Interop.Os;

namespace Monty.Actors.Turns;

/// <summary>What one session sees of an operating system: environment, clock, and files. Files in memory are made of the session's story and of nothing else.</summary>
/// <remarks>Thread-safe. Folders are opened with the first call that comes.</remarks>
internal sealed class SessionFiles(SessionId session, MontyEngineOptions options) : IDisposable
{
    private const int MaxRecorded = 12 << 20; // bytes of JSON; a record takes 16 MiB unless the journal is told otherwise
    private readonly Lock gate = new();
    private readonly PinnedTime clock = new(options.TimeProvider);
    private MontyOs? opened;
    private bool isStale;
    private bool isOver;

    /// <summary>True when the files are not those of the story: a turn changed them that is not in it, or not yet, or they have not been made of it.</summary>
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

    /// <summary>Answers a call, unless it changes the host: such a call is to be announced first.</summary>
    /// <param name="call">The call.</param>
    /// <param name="turn">The token of the turn that asks. A turn that was cancelled may still be running; it changes nothing.</param>
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

    /// <summary>Makes the change that an announced call is about.</summary>
    /// <param name="call">The call.</param>
    /// <param name="mayBeDone">True when it may have been made before, and its answer was lost.</param>
    public MontyAnswer Change(OpenCall call, bool mayBeDone)
    {
        lock (gate)
        {
            return mayBeDone ? Open().Effects.AnswerAgain((MontyOsCall)call.Call, call.FileLength) : Open().Answer((MontyOsCall)call.Call);
        }
    }

    /// <summary>Told that the turn counts: the story is to have what it changed.</summary>
    public void Keep()
    {
        lock (gate)
        {
            isStale = false;
        }
    }

    /// <summary>The session was read from its history: its files are made of it when they are needed.</summary>
    public void MarkStale()
    {
        lock (gate)
        {
            isStale = true;
        }
    }

    /// <summary>Makes the files that a session's story leads to.</summary>
    /// <exception cref="ReplayMismatchException">A call gets another answer than it did.</exception>
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
                            $"the same gave {Replay.Describe(answer)}",
                            "The mounts as they are now"
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

    /// <summary>Opens the folders, if that has not been done.</summary>
    /// <exception cref="InvalidOperationException">They cannot be opened.</exception>
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
            return clock.Pin(DateTimeOffset.UnixEpoch, () => new MontyOs(view)); // the same times whenever it is made
        }
#pragma warning disable CA1031 // Whatever the host's own function throws.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            throw new InvalidOperationException(
                $"The mounts of {session} cannot be opened; the inner exception says why. Mend that, and the session goes on.",
                exception
            );
        }
    }

    private static bool IsTooLarge(MontyValue value) =>
        value switch
        {
            MontyStr text => text.Value.Length > MaxRecorded / 6 && MontyJson.Measure(value) > MaxRecorded, // a character is six of JSON at most
            MontyBytes bytes => bytes.Value.Length > MaxRecorded / 4 * 3,
            MontyList => MontyJson.Measure(value) > MaxRecorded,
            _ => false,
        };

    private static MontyAnswer TooLarge(MontyOsCall call) =>
        MontyAnswer.Raise(OsError.Create(Errno.FileTooBig, ((MontyPath)call.Arguments[0]).Value));

    /// <summary>A clock that can be held.</summary>
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

/// <summary>What a call for the operating system led to.</summary>
/// <param name="Answer">The answer; null where it is to be announced.</param>
internal readonly record struct OsReply(MontyAnswer? Answer)
{
    /// <summary>When the session's own files were changed by it; null where they were not.</summary>
    public DateTimeOffset? FilesChangedAt { get; init; }

    /// <summary>How long the file is that it is to add to; null for other calls.</summary>
    public long? FileLength { get; init; }
}
