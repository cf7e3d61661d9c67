using Monty.Interop.Os;
using Monty.Interop.Values.Clr;

namespace Monty.Interop;

/// <summary>What a script sees of an operating system: environment variables, a clock, and files in mounts. Nothing else of the host can be reached.</summary>
/// <remarks>
/// Thread-safe: calls are answered one after the other. It holds the state of in-memory and overlay mounts and open folders: share it between the feeds of a
/// session that are to see the same files, and dispose it in the end. That state depends on nothing but the calls answered and the folders, so that
/// answering the same calls again makes the same files.
/// </remarks>
public sealed class MontyOs : IDisposable
{
    private readonly Lock gate = new();
    private readonly MontyOsOptions options;
    private readonly MountTable mounts;
    private readonly FileCalls files;
    private bool disposed;

    /// <summary>A view of the operating system.</summary>
    /// <param name="options">What is in it.</param>
    /// <exception cref="ArgumentException">Two mounts are at one place or nested, a folder is gone, or the working directory is not absolute and normal.</exception>
    /// <exception cref="PlatformNotSupportedException">A folder is mounted and the system has no <c>openat2</c>: Linux before 5.6, or a container that forbids it.</exception>
    public MontyOs(MontyOsOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        this.options = options;
        mounts = new MountTable(options.Mounts, () => (options.Clock.GetUtcNow() - DateTimeOffset.UnixEpoch).TotalSeconds);
        files = new FileCalls(mounts, options.WorkingDirectory);
        Effects = new FileEffects(this, mounts, options.WorkingDirectory);
    }

    internal FileEffects Effects { get; }

    /// <summary>Answers a call: with its value, with the exception that CPython would raise, or, for files without any mount, with the runtime's own refusal.</summary>
    /// <param name="call">The call.</param>
    /// <exception cref="ObjectDisposedException">It was disposed.</exception>
    public MontyAnswer Answer(MontyOsCall call)
    {
        ArgumentNullException.ThrowIfNull(call);
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(disposed, this);
            return call.Function switch
            {
                OsFunction.Getenv => MontyAnswer.Return(
                    options.Environment.TryGetValue(((MontyStr)call.Arguments[0]).Value, out var value) ? value : call.Arguments[1]
                ),
                OsFunction.Environ => MontyAnswer.Return(
                    new MontyDict(
                        options.Environment.Select(v => KeyValuePair.Create((MontyValue)v.Key, (MontyValue)v.Value)).ToEquatableArray()
                    )
                ),
                OsFunction.DateToday => MontyAnswer.Return(ClrTimes.Convert(DateOnly.FromDateTime(options.Clock.GetLocalNow().DateTime))),
                OsFunction.DateTimeNow => MontyAnswer.Return(Now(call.Arguments[0] as MontyTimeZone)),
                _ when mounts.IsEmpty => MontyAnswer.NotHandled,
                _ => files.Answer(call),
            };
        }
    }

    /// <summary>Lets go of folders and of what is held in memory.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            if (disposed)
            {
                return;
            }

            disposed = true;
            mounts.Dispose();
        }
    }

    private MontyDateTime Now(MontyTimeZone? zone) =>
        zone is null
            ? ClrTimes.Convert(DateTime.SpecifyKind(options.Clock.GetLocalNow().DateTime, DateTimeKind.Unspecified))
            : ClrTimes.Convert(
                DateTime.SpecifyKind(options.Clock.GetUtcNow().UtcDateTime.AddSeconds(zone.OffsetSeconds), DateTimeKind.Unspecified)
            ) with
            {
                OffsetSeconds = zone.OffsetSeconds,
                TimeZoneName = zone.Name,
            };
}
