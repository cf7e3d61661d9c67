using Monty.Interop.Os;

namespace Monty.Interop;

/// <summary>What a script sees of an operating system (<see cref="MontyOs"/>).</summary>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed record MontyOsOptions
{
    /// <summary>The environment variables of <c>os.environ</c> and <c>os.getenv</c>. Default: none; those of the host are never seen.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>The clock and the local time zone of <c>date.today</c>, <c>datetime.now</c> and the times of files in memory. Default: the system's.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>The files. Default: none, where every call for files gets the runtime's refusal, <c>PermissionError</c>.</summary>
    public IReadOnlyCollection<MontyMount> Mounts { get; init; } = [];

    /// <summary>Where relative paths start. Default: <c>/</c>. It need not exist.</summary>
    public string WorkingDirectory { get; init; } = "/";

    /// <summary>A clock that always shows the same time, in UTC or in the zone given.</summary>
    /// <param name="now">The time.</param>
    /// <param name="localTimeZone">The zone of times without one; null for UTC.</param>
    public static TimeProvider FixedClock(DateTimeOffset now, TimeZoneInfo? localTimeZone = null) =>
        new FixedTime(now, localTimeZone ?? TimeZoneInfo.Utc);

    internal void Validate()
    {
        ArgumentNullException.ThrowIfNull(Environment);
        ArgumentNullException.ThrowIfNull(Clock);
        ArgumentNullException.ThrowIfNull(Mounts);
        foreach (var mount in Mounts)
        {
            ArgumentNullException.ThrowIfNull(mount, nameof(Mounts));
        }

        if (WorkingDirectory is null || !VirtualPath.IsNormal(WorkingDirectory))
        {
            throw new ArgumentException(
                $"WorkingDirectory '{WorkingDirectory}' is not an absolute path in normal form. Write it without '.', '..', doubled or trailing slashes, such as /work."
            );
        }

        foreach (var (name, value) in Environment)
        {
            if (value is null || name.Length == 0 || name.AsSpan().ContainsAny('=', '\0') || value.Contains('\0', StringComparison.Ordinal))
            {
                throw new ArgumentException(
                    $"The environment variable '{name}' cannot be: a name is not empty and has no '=', and neither name nor value has a NUL."
                );
            }
        }
    }

    private sealed class FixedTime(DateTimeOffset now, TimeZoneInfo zone) : TimeProvider
    {
        public override TimeZoneInfo LocalTimeZone => zone;

        public override DateTimeOffset GetUtcNow() => now.ToUniversalTime();
    }
}
