using System.Text.Json.Serialization;

namespace Monty.Interop;

/// <summary>A <c>datetime.date</c>.</summary>
/// <param name="Year">The year, 1 to 9999.</param>
/// <param name="Month">The month, 1 to 12.</param>
/// <param name="Day">The day of the month, from 1.</param>
[JsonConverter(typeof(MontyJsonConverter<MontyDate>))]
public sealed record MontyDate(int Year, int Month, int Day) : MontyValue
{
    /// <inheritdoc/>
    public override string TypeName => "date";
}

/// <summary>A <c>datetime.time</c>.</summary>
/// <param name="Hour">The hour, 0 to 23.</param>
/// <param name="Minute">The minute, 0 to 59.</param>
/// <param name="Second">The second, 0 to 59.</param>
/// <param name="Microsecond">The microsecond, 0 to 999999.</param>
/// <param name="OffsetSeconds">The offset from UTC in seconds, positive to the east, within ±86399; or null for a naive time.</param>
/// <param name="TimeZoneName">The name of the time zone, or null.</param>
/// <param name="Fold">1 for the second of two equal wall times when clocks are set back, otherwise 0.</param>
[JsonConverter(typeof(MontyJsonConverter<MontyTime>))]
public sealed record MontyTime(
    int Hour,
    int Minute,
    int Second = 0,
    int Microsecond = 0,
    int? OffsetSeconds = null,
    string? TimeZoneName = null,
    int Fold = 0
) : MontyValue
{
    /// <inheritdoc/>
    public override string TypeName => "time";
}

/// <summary>A <c>datetime.datetime</c>. The runtime does not transmit its <c>fold</c>.</summary>
/// <param name="Year">The year, 1 to 9999.</param>
/// <param name="Month">The month, 1 to 12.</param>
/// <param name="Day">The day of the month, from 1.</param>
/// <param name="Hour">The hour, 0 to 23.</param>
/// <param name="Minute">The minute, 0 to 59.</param>
/// <param name="Second">The second, 0 to 59.</param>
/// <param name="Microsecond">The microsecond, 0 to 999999.</param>
/// <param name="OffsetSeconds">The offset from UTC in seconds, positive to the east, within ±86399; or null for a naive datetime.</param>
/// <param name="TimeZoneName">The name of the time zone, or null.</param>
[JsonConverter(typeof(MontyJsonConverter<MontyDateTime>))]
public sealed record MontyDateTime(
    int Year,
    int Month,
    int Day,
    int Hour = 0,
    int Minute = 0,
    int Second = 0,
    int Microsecond = 0,
    int? OffsetSeconds = null,
    string? TimeZoneName = null
) : MontyValue
{
    /// <inheritdoc/>
    public override string TypeName => "datetime";
}

/// <summary>A <c>datetime.timedelta</c>, normalized as in Python: only the days can be negative, so -1 µs is (-1, 86399, 999999).</summary>
/// <param name="Days">The days, within ±999999999.</param>
/// <param name="Seconds">The seconds, 0 to 86399.</param>
/// <param name="Microseconds">The microseconds, 0 to 999999.</param>
[JsonConverter(typeof(MontyJsonConverter<MontyTimeDelta>))]
public sealed record MontyTimeDelta(int Days, int Seconds = 0, int Microseconds = 0) : MontyValue
{
    /// <inheritdoc/>
    public override string TypeName => "timedelta";
}

/// <summary>A <c>datetime.timezone</c>.</summary>
/// <param name="OffsetSeconds">The offset from UTC in seconds, positive to the east, within ±86399.</param>
/// <param name="Name">The name of the time zone, or null.</param>
[JsonConverter(typeof(MontyJsonConverter<MontyTimeZone>))]
public sealed record MontyTimeZone(int OffsetSeconds, string? Name = null) : MontyValue
{
    /// <inheritdoc/>
    public override string TypeName => "timezone";
}
