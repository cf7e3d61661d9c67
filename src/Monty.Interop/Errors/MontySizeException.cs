using System.Globalization;

namespace Monty.Interop;

/// <summary>Thrown when a value is too large for a request to the worker, for JSON, for a Python <c>repr</c> or for a .NET string.</summary>
/// <remarks>
/// The size is counted before anything is built or sent, so nothing of that size was allocated, and a session is as it was before. It depends on
/// the data and not on the calling code, so it is not an <see cref="ArgumentException"/> (docs/concepts/values.md, sizes).
/// </remarks>
public sealed class MontySizeException : MontyException
{
    internal MontySizeException(string attempt, long size, long limit, string unit, string advice)
        : base(string.Create(CultureInfo.InvariantCulture, $"{attempt} takes {Count(size)} {unit}, and the limit is {limit}. {advice}"))
    {
        Size = size;
        Limit = limit;
    }

    /// <summary>The size, in the unit of <see cref="Limit"/>. Counting stops a little above 4 GiB, so the size may be even larger.</summary>
    public long Size { get; }

    /// <summary>The maximum size, in the unit that the message names: bytes or UTF-16 characters, for example.</summary>
    public long Limit { get; }

    private static string Count(long size) =>
        size <= SizeLimits.CountedBytes
            ? size.ToString(CultureInfo.InvariantCulture)
            : string.Create(CultureInfo.InvariantCulture, $"over {SizeLimits.CountedBytes}");
}
