using System.Text.Json.Serialization;

namespace Monty.Interop;

/// <summary>A <c>datetime.date</c>.</summary>
/// <param name="Year">1 to 9999.</param>
/// <param name="Month">1 to 12.</param>
/// <param name="Day">1 to the month's length.</param>
[JsonConverter(typeof(MontyJsonConverter<MontyDate>))]
public sealed record MontyDate(int Year, int Month, int Day) : MontyValue
{
    /// <inheritdoc/>
    public override string TypeName => "date";
}

/// <summary>A <c>datetime.time</c>.</summary>
/// <param name="Hour">0 to 23.</param>
/// <param name="Minute">0 to 59.</param>
/// <param name="Second">0 to 59.</param>
/// <param name="Microsecond">0 to 999999.</param>
/// <param name="OffsetSeconds">Seconds east of UTC, within ±86399; null for a naive time.</param>
/// <param name="TimeZoneName">The zone's name, if it has one.</param>
/// <param name="Fold">0, or 1 for the second of two equal wall times.</param>
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

/// <summary>A <c>datetime.datetime</c>. Its <c>fold</c> does not cross the boundary.</summary>
/// <param name="Year">1 to 9999.</param>
/// <param name="Month">1 to 12.</param>
/// <param name="Day">1 to the month's length.</param>
/// <param name="Hour">0 to 23.</param>
/// <param name="Minute">0 to 59.</param>
/// <param name="Second">0 to 59.</param>
/// <param name="Microsecond">0 to 999999.</param>
/// <param name="OffsetSeconds">Seconds east of UTC, within ±86399; null for a naive datetime.</param>
/// <param name="TimeZoneName">The zone's name, if it has one.</param>
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

/// <summary>A <c>datetime.timedelta</c>, normalised as Python has it: -1 µs is (-1, 86399, 999999).</summary>
/// <param name="Days">Within ±999999999.</param>
/// <param name="Seconds">0 to 86399.</param>
/// <param name="Microseconds">0 to 999999.</param>
[JsonConverter(typeof(MontyJsonConverter<MontyTimeDelta>))]
public sealed record MontyTimeDelta(int Days, int Seconds = 0, int Microseconds = 0) : MontyValue
{
    /// <inheritdoc/>
    public override string TypeName => "timedelta";
}

/// <summary>A <c>datetime.timezone</c>.</summary>
/// <param name="OffsetSeconds">Seconds east of UTC, within ±86399.</param>
/// <param name="Name">The name, if it has one.</param>
[JsonConverter(typeof(MontyJsonConverter<MontyTimeZone>))]
public sealed record MontyTimeZone(int OffsetSeconds, string? Name = null) : MontyValue
{
    /// <inheritdoc/>
    public override string TypeName => "timezone";
}
