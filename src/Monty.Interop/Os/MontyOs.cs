using Monty.Interop.Os;
using Monty.Interop.Values.Clr;

namespace Monty.Interop;

/// <summary>The operating system that a script sees: environment variables, a clock, and files in mounts. Scripts cannot access anything else of the host.</summary>
/// <remarks>
/// Thread-safe; calls are answered one at a time. The object holds the files of in-memory and overlay mounts, and open folders. Use one object for all feeds
/// of a session that should see the same files, and dispose it at the end. The state of the files depends only on the calls that were answered and on the
/// mounted folders, so answering the same calls again produces the same files.
/// </remarks>
public sealed class MontyOs : IDisposable
{
    private readonly Lock gate = new();
    private readonly MontyOsOptions options;
    private readonly MountTable mounts;
    private readonly FileCalls files;
    private bool disposed;

    /// <summary>Creates an operating system for scripts.</summary>
    /// <param name="options">The environment, clock and mounts.</param>
    /// <exception cref="ArgumentException">Two mounts have the same path or are nested, a folder cannot be opened, an environment variable is not valid, or the working directory is not absolute and normalized.</exception>
    /// <exception cref="PlatformNotSupportedException">A folder is mounted and the system does not support <c>openat2</c>, as on Linux before 5.6 or in a container that forbids it.</exception>
    public MontyOs(MontyOsOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        this.options = options;
        mounts = new MountTable(options.Mounts, () => (options.Clock.GetUtcNow() - DateTimeOffset.UnixEpoch).TotalSeconds);
        files = new FileCalls(mounts, options.WorkingDirectory);
        Effects = new FileEffects(this, mounts, options.WorkingDirectory);
    }

    /// <summary>
    /// Predicts what file calls change, and repeats calls that may already have been made. For hosts that record a change before they make it.
    /// </summary>
    public FileEffects Effects { get; }

    /// <summary>Answers a call with its value, or with the exception that CPython would raise. File calls are left to the runtime, which refuses them, when there are no mounts.</summary>
    /// <param name="call">The call.</param>
    /// <exception cref="ObjectDisposedException">The object was disposed.</exception>
    public MontyAnswer Answer(MontyOsCall call)
    {
        ArgumentNullException.ThrowIfNull(call);
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(disposed, this);
            return call.Function switch
            {
                OsFunction.Getenv => MontyAnswer.Return(GetVariable(((MontyStr)call.Arguments[0]).Value) ?? call.Arguments[1]),
                OsFunction.Environ => MontyAnswer.Return(GetEnvironment()),
                OsFunction.DateToday => MontyAnswer.Return(ClrTimes.Convert(DateOnly.FromDateTime(options.Clock.GetLocalNow().DateTime))),
                OsFunction.DateTimeNow => MontyAnswer.Return(GetNow(call.Arguments[0] as MontyTimeZone)),
                _ when mounts.IsEmpty => MontyAnswer.NotHandled,
                _ => files.Answer(call),
            };
        }
    }

    /// <summary>Closes the mounted folders, and releases the files in memory.</summary>
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

    private MontyStr? GetVariable(string name) => options.Environment.TryGetValue(name, out var value) ? new MontyStr(value) : null;

    private MontyDict GetEnvironment()
    {
        var variables = options.Environment.Select(v => KeyValuePair.Create<MontyValue, MontyValue>(v.Key, v.Value));
        return new MontyDict(variables.ToEquatableArray());
    }

    private MontyDateTime GetNow(MontyTimeZone? zone)
    {
        if (zone is null)
        {
            return ConvertNaive(options.Clock.GetLocalNow().DateTime);
        }

        var moment = ConvertNaive(options.Clock.GetUtcNow().UtcDateTime.AddSeconds(zone.OffsetSeconds));
        return moment with { OffsetSeconds = zone.OffsetSeconds, TimeZoneName = zone.Name };
    }

    private static MontyDateTime ConvertNaive(DateTime moment) => ClrTimes.Convert(DateTime.SpecifyKind(moment, DateTimeKind.Unspecified));
}
