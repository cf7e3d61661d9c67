using System.Text.Json;

namespace Monty.Interop.Values.Json;

/// <summary>Checks the size of JSON before it is built or read. To count the size of a value, it is written once and the bytes are discarded.</summary>
internal static class JsonSize
{
    /// <summary>A value within this bound fits without counting: it is within <see cref="MontyJson.MaxBytes"/> and has no text over <see cref="MontyJson.MaxTextLength"/>.</summary>
    private const long SafeBound = (long)MontyJson.MaxTextLength * TextBound.PerCharacter;

    /// <summary>The maximum number of lines for a value in indented JSON, without the lines of the values inside it.</summary>
    private const int LinesPerValue = 12;

    /// <summary>The maximum number of tokens in a <see cref="JsonDocument"/>, which stores 12 bytes for each in one array.</summary>
    private const int MaxTokens = 0x7FFFFFC7 / 12;

    /// <exception cref="MontySizeException">A text, or the whole JSON, is over its limit.</exception>
    /// <exception cref="JsonException">The value cannot be written for another reason.</exception>
    public static void Require(MontyValue value, JsonWriterOptions options, int depth)
    {
        var indentation = options.Indented
            ? LinesPerValue * (options.IndentSize * (depth + MontyJson.MaxDepth) + options.NewLine.Length)
            : 0;
        if (TextBound.IsWithin(value, SafeBound, indentation))
        {
            return;
        }

        var size = Count(value, options, depth, limitsTexts: true);
        if (size > MontyJson.MaxBytes)
        {
            throw new MontySizeException(
                $"The JSON of the {ValuePath.Shorten(value.TypeName)}",
                size,
                MontyJson.MaxBytes,
                "bytes",
                "Write it in parts, for example item by item, or let the script return less."
            );
        }
    }

    /// <exception cref="MontySizeException">The document is longer than <see cref="MontyJson.MaxBytes"/>.</exception>
    public static void RequireDocument(long bytes)
    {
        if (bytes > MontyJson.MaxBytes)
        {
            throw new MontySizeException("The JSON to read", bytes, MontyJson.MaxBytes, "bytes", "Split it and read the parts.");
        }
    }

    /// <exception cref="MontySizeException">The document is longer than <see cref="MontyJson.MaxBytes"/>, or has too many tokens.</exception>
    /// <exception cref="JsonException">The document is malformed, and so long that its tokens had to be counted.</exception>
    public static void RequireDocument(ReadOnlySpan<byte> utf8)
    {
        RequireDocument(utf8.Length);
        if (utf8.Length <= MaxTokens)
        {
            return; // each token takes at least one byte
        }

        var tokens = 0L;
        for (var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = MontyJson.MaxDepth }); reader.Read(); )
        {
            tokens++;
        }

        if (tokens > MaxTokens)
        {
            throw new MontySizeException("The JSON to read", tokens, MaxTokens, "tokens", "Split it and read the parts.");
        }
    }

    /// <summary>Returns the number of bytes of the value's JSON. For JSON larger than <see cref="SizeLimits.CountedBytes"/>, the result is only a little more than that.</summary>
    /// <param name="value">The value.</param>
    /// <param name="options">The options of the writer.</param>
    /// <param name="depth">The number of arrays and objects around the value.</param>
    /// <param name="limitsTexts">True to throw for a text over its limit, false to count it as well.</param>
    public static long Count(MontyValue value, JsonWriterOptions options, int depth, bool limitsTexts)
    {
        var target = new DiscardedBytes(SizeLimits.CountedBytes);
        try
        {
            using var writer = new Utf8JsonWriter(target, options with { MaxDepth = int.MaxValue });
            for (var i = 0; i < depth; i++)
            {
                writer.WriteStartArray();
            }

            writer.Flush();
            var bytesBefore = target.Count;
            new JsonValueWriter(writer, limitsTexts).Write(value);
            writer.Flush();
            return target.Count - bytesBefore;
        }
        catch (CountExceededException)
        {
            return target.Count;
        }
    }
}
