using Monty.Interop.Os;

namespace Monty.Interop;

/// <summary>The environment, clock and files that a script sees (<see cref="MontyOs"/>).</summary>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed record MontyOsOptions
{
    /// <summary>The environment variables for <c>os.environ</c> and <c>os.getenv</c>. Scripts never see those of the host. Default: none.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>The clock and local time zone for <c>date.today</c>, <c>datetime.now</c> and the times of files in memory. Default: those of the system.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>The mounts with the files. Default: none, which means that every file call raises <c>PermissionError</c>.</summary>
    public IReadOnlyCollection<MontyMount> Mounts { get; init; } = [];

    /// <summary>The directory that relative paths refer to. It need not exist. Default: <c>/</c>.</summary>
    public string WorkingDirectory { get; init; } = "/";

    /// <summary>Returns a clock that always shows the same time.</summary>
    /// <param name="now">The time.</param>
    /// <param name="localTimeZone">The local time zone, or null for UTC.</param>
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
                $"WorkingDirectory '{WorkingDirectory}' is not absolute and normalized. Write it without '.', '..', repeated or trailing slashes, such as /work."
            );
        }

        foreach (var (name, value) in Environment)
        {
            if (value is null || name.Length == 0 || name.AsSpan().ContainsAny('=', '\0') || value.Contains('\0', StringComparison.Ordinal))
            {
                throw new ArgumentException(
                    $"The environment variable '{name}' is not valid. Its name must not be empty or contain '=', its value must not be null, and neither may contain a NUL character."
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
