namespace Monty.Interop;

/// <summary>The limits that .NET and the wire set, and the size at which counting stops.</summary>
internal static class SizeLimits
{
    /// <summary>The maximum length of a .NET string, in UTF-16 characters.</summary>
    public const int StringLength = 0x3FFFFFDF;

    /// <summary>The maximum number of bytes in one message to a worker.</summary>
    public const int FrameBytes = Wire.FrameParser.MaxBodyBytes;

    /// <summary>The size at which counting stops. Otherwise, a value that contains the same value many times could be counted for days.</summary>
    public const long CountedBytes = 1L << 32;

    /// <exception cref="MontySizeException">The text is longer than a string can be.</exception>
    public static void RequireString(string attempt, long length, string advice)
    {
        if (length > StringLength)
        {
            throw new MontySizeException(attempt, length, StringLength, "characters", advice);
        }
    }
}
