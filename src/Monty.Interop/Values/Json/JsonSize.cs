using System.Text.Json;

namespace Monty.Interop.Values.Json;

/// <summary>The size of a value's JSON, known before any of it is built: the value is written once into nothing.</summary>
internal static class JsonSize
{
    /// <summary>A value within it has no text over <see cref="MontyJson.MaxTextLength"/> and is within <see cref="MontyJson.MaxBytes"/>, so that it need not be counted.</summary>
    private const long Certain = (long)MontyJson.MaxTextLength * TextBound.PerCharacter;

    /// <summary>The most lines that a value takes beside those of the values in it, where lines are indented.</summary>
    private const int LinesPerValue = 12;

    /// <summary>The most tokens that a <see cref="JsonDocument"/> holds. It takes 12 bytes for each, in one array.</summary>
    private const int MaxTokens = 0x7FFFFFC7 / 12;

    /// <exception cref="MontySizeException">A text or the whole is over its limit.</exception>
    /// <exception cref="JsonException">The value cannot be written for another reason.</exception>
    public static void Require(MontyValue value, JsonWriterOptions options, int depth)
    {
        var indentation = options.Indented
            ? LinesPerValue * (options.IndentSize * (depth + MontyJson.MaxDepth) + options.NewLine.Length)
            : 0;
        if (TextBound.IsWithin(value, Certain, indentation))
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
                "Write it in pieces, such as item by item, or have the script return less."
            );
        }
    }

    /// <exception cref="MontySizeException">The document is longer than <see cref="MontyJson.MaxBytes"/>.</exception>
    public static void RequireDocument(long bytes)
    {
        if (bytes > MontyJson.MaxBytes)
        {
            throw new MontySizeException("The JSON to read", bytes, MontyJson.MaxBytes, "bytes", "Split it, and read the parts.");
        }
    }

    /// <exception cref="MontySizeException">The document is longer than <see cref="MontyJson.MaxBytes"/>, or has too many tokens.</exception>
    /// <exception cref="JsonException">It is so long that its tokens had to be counted, and malformed.</exception>
    public static void RequireDocument(ReadOnlySpan<byte> utf8)
    {
        RequireDocument(utf8.Length);
        if (utf8.Length <= MaxTokens)
        {
            return; // each takes a byte at least
        }

        var tokens = 0L;
        for (var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = MontyJson.MaxDepth }); reader.Read(); )
        {
            tokens++;
        }

        if (tokens > MaxTokens)
        {
            throw new MontySizeException("The JSON to read", tokens, MaxTokens, "tokens", "Split it, and read the parts.");
        }
    }

    /// <summary>The bytes of the value's JSON, or a little more than <see cref="SizeLimits.CountedBytes"/> where there are more.</summary>
    /// <param name="value">The value.</param>
    /// <param name="options">Those of the writer.</param>
    /// <param name="depth">How many arrays and objects are around it.</param>
    /// <param name="limitsTexts">False to count texts that are over their limit too.</param>
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
            var around = target.Count;
            new JsonValueWriter(writer, limitsTexts).Write(value);
            writer.Flush();
            return target.Count - around;
        }
        catch (CountedOutException)
        {
            return target.Count;
        }
    }
}
