using System.Globalization;

namespace Monty.Interop;

/// <summary>A value, a text or a request is too large for the form that it should take: a request to the worker, JSON, a Python <c>repr</c>, a .NET string.</summary>
/// <remarks>
/// The size is counted before anything is built or sent, so nothing of that size was allocated, and a session is as it was before. It depends on
/// the data and not on the calling code, so it is no <see cref="ArgumentException"/> (docs/concepts/values.md, sizes).
/// </remarks>
public sealed class MontySizeException : MontyException
{
    internal MontySizeException(string attempt, long size, long limit, string unit, string advice)
        : base(string.Create(CultureInfo.InvariantCulture, $"{attempt} takes {Count(size)} {unit}, and the limit is {limit}. {advice}"))
    {
        Size = size;
        Limit = limit;
    }

    /// <summary>The size, in the unit of <see cref="Limit"/>. Counting stops a little past 4 GiB, so a larger value says at least that.</summary>
    public long Size { get; }

    /// <summary>The most that the form takes, in bytes or UTF-16 characters, as the message says.</summary>
    public long Limit { get; }

    private static string Count(long size) =>
        size <= SizeLimits.CountedBytes
            ? size.ToString(CultureInfo.InvariantCulture)
            : string.Create(CultureInfo.InvariantCulture, $"over {SizeLimits.CountedBytes}");
}
