using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Monty.Interop.Values;
using Monty.Interop.Values.Json;
using Monty.Interop.Wire;

namespace Monty.Interop;

/// <summary>
/// Writes values as JSON and reads them back without loss. A value that JSON has no type for is an object whose only key is a tag, such as <c>{"$tuple": [1, 2]}</c>.
/// </summary>
/// <remarks>
/// <para>None, bool, str, list and dicts with distinct str keys are plain JSON. A number with <c>.</c>, <c>e</c> or <c>E</c> is a float, and any other number
/// is an int; floats are always written with one of these characters. Ints beyond ±2^53, which other readers may round, are written as <c>{"$int": "…"}</c>,
/// in decimal up to 4300 digits and as <c>0x…</c> beyond; all forms are read exactly. All other kinds have a tag: <c>$tuple $set $frozenset $bytes $float $namedtuple $dataclass $instance
/// $date $datetime $time $timedelta $timezone $path $type $exception $function $builtin $file $ellipsis $notimplemented $repr $cycle</c>.
/// <c>$dict</c> holds [key, value] pairs. It is used when a key is not a str or occurs twice, and for a dict whose only key starts with <c>$</c>.</para>
/// <para>Reading is strict: an unknown tag, a tag with the wrong content, a duplicate key, trailing data and text that is not valid Unicode
/// are refused with a message that gives the path and the expected form. A host instance that is written without ids gets ids that are derived
/// from the document and its path, so they are the same on every run. A sandbox instance needs its original ids.</para>
/// <para>Values that could not be read back unchanged are not written: lone surrogates, and dates and times outside Python's range.</para>
/// <para>Thread-safe. All tags are described in docs/concepts/values.md.</para>
/// </remarks>
public static class MontyJson
{
    /// <summary>The maximum depth of nested arrays and objects, including those of tags. Deeper documents are neither written nor read.</summary>
    public const int MaxDepth = 512;

    /// <summary>The maximum length in UTF-16 characters of a str, a name, or the digits of an int. It is the limit of System.Text.Json.</summary>
    public const int MaxTextLength = 166_666_666;

    /// <summary>The maximum size of the JSON of one value, in bytes of UTF-8. It equals the maximum number of characters in a .NET string.</summary>
    public const int MaxBytes = SizeLimits.StringLength;

    internal static readonly Func<string, Exception?, Exception> Refusal = (message, cause) => new JsonException(message, cause);

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Writes one value. If a <see cref="JsonException"/> is thrown, a part of the value may have been written.</summary>
    /// <param name="writer">The writer to write to. Its options determine indentation and escaping, and its own maximum depth applies as well.</param>
    /// <param name="value">The value.</param>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    /// <exception cref="JsonException">The value cannot be written without loss, or is nested deeper than <see cref="MaxDepth"/>.</exception>
    /// <exception cref="MontySizeException">A text is longer than <see cref="MaxTextLength"/>, or the JSON is larger than <see cref="MaxBytes"/>. Nothing was written.</exception>
    public static void Write(Utf8JsonWriter writer, MontyValue value)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(value);
        JsonSize.Require(value, writer.Options, writer.CurrentDepth);
        new JsonValueWriter(writer, limitsTexts: true).Write(value);
    }

    /// <summary>Returns the size of the value's JSON in bytes of UTF-8, without building it. Sizes that <see cref="Serialize"/> refuses are counted as well.</summary>
    /// <param name="value">The value.</param>
    /// <param name="indented">True to count the JSON with line breaks and indentation.</param>
    /// <returns>The exact size up to 4 GiB. Counting stops there, so for a larger size the result is some number above 4 GiB.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="value"/> is null.</exception>
    /// <exception cref="JsonException">The value cannot be written without loss, or is nested deeper than <see cref="MaxDepth"/>.</exception>
    public static long Measure(MontyValue value, bool indented = false)
    {
        ArgumentNullException.ThrowIfNull(value);
        return JsonSize.Count(value, GetOptions(indented), depth: 0, limitsTexts: false);
    }

    /// <summary>
    /// Returns an upper bound for the number of bytes of the value's JSON, in one walk that neither formats nor allocates. Measure a value exactly only if
    /// the bound exceeds your limit.
    /// </summary>
    /// <param name="value">The value.</param>
    /// <param name="limit">The walk ends as soon as the bound exceeds this limit. The result is then some number above the limit.</param>
    /// <exception cref="ArgumentNullException"><paramref name="value"/> is null.</exception>
    public static long Estimate(MontyValue value, long limit)
    {
        ArgumentNullException.ThrowIfNull(value);
        return TextBound.Estimate(value, limit);
    }

    /// <summary>Reads one value.</summary>
    /// <param name="reader">The reader, positioned before the value or at its first token. After the call it is positioned at the last token of the value.
    /// Its own maximum depth, 64 by default, applies as well.</param>
    /// <exception cref="ArgumentException">The reader returns comments as tokens (<see cref="JsonCommentHandling.Allow"/>).</exception>
    /// <exception cref="JsonException">The JSON is malformed, is incomplete, or does not follow the format.</exception>
    public static MontyValue Read(ref Utf8JsonReader reader)
    {
        using var document = JsonDocument.ParseValue(ref reader);
        return JsonValueReader.ReadDocument(document.RootElement);
    }

    /// <summary>Returns the JSON of a value. Characters such as <c>&lt;</c> and <c>&amp;</c> are not escaped, so encode the text before you put it into HTML.</summary>
    /// <param name="value">The value.</param>
    /// <param name="indented">True for line breaks and indentation. The default is one line.</param>
    /// <exception cref="ArgumentNullException"><paramref name="value"/> is null.</exception>
    /// <exception cref="JsonException">The value cannot be written without loss, or is nested deeper than <see cref="MaxDepth"/>.</exception>
    /// <exception cref="MontySizeException">A text is longer than <see cref="MaxTextLength"/>, or the JSON is larger than <see cref="MaxBytes"/>. Nothing was built.</exception>
    public static string Serialize(MontyValue value, bool indented = false) =>
        Encoding.UTF8.GetString(SerializeToUtf8Bytes(value, indented).Span);

    /// <summary>Reads a complete JSON text.</summary>
    /// <exception cref="ArgumentNullException"><paramref name="json"/> is null.</exception>
    /// <exception cref="JsonException">The JSON is malformed, has data after its end, is nested deeper than <see cref="MaxDepth"/>, or does not follow the format.</exception>
    /// <exception cref="MontySizeException">The JSON is larger than <see cref="MaxBytes"/>, or has more tokens than a <see cref="JsonDocument"/> can hold.</exception>
    public static MontyValue Parse(string json)
    {
        ArgumentNullException.ThrowIfNull(json);
        const int MaxBytesPerCharacter = 3;
        if (json.Length > MaxBytes / MaxBytesPerCharacter)
        {
            JsonSize.RequireDocument(Utf8Length.Of(json));
        }

        try
        {
            return Parse(StrictUtf8.GetBytes(json));
        }
        catch (EncoderFallbackException error)
        {
            throw new JsonException(
                $"The JSON cannot be read: the text contains a lone surrogate at index {error.Index}, which is not valid Unicode. Replace or remove it.",
                error
            );
        }
    }

    /// <summary>Reads a complete JSON text in UTF-8, without a byte order mark.</summary>
    /// <exception cref="JsonException">The JSON is malformed, has data after its end, is nested deeper than <see cref="MaxDepth"/>, or does not follow the format.</exception>
    /// <exception cref="MontySizeException">The JSON is larger than <see cref="MaxBytes"/>, or has more tokens than a <see cref="JsonDocument"/> can hold.</exception>
    public static MontyValue Parse(ReadOnlySpan<byte> utf8)
    {
        JsonSize.RequireDocument(utf8);
        var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = MaxDepth });
        using var document = JsonDocument.ParseValue(ref reader);
        while (reader.Read())
        {
            // Read throws if anything but white space follows the value.
        }

        return JsonValueReader.ReadDocument(document.RootElement);
    }

    /// <summary>
    /// Throws if <see cref="Serialize"/> would refuse the value, without building its JSON. A host that stores values can refuse them before it sends them.
    /// </summary>
    /// <param name="value">The value.</param>
    /// <exception cref="ArgumentNullException"><paramref name="value"/> is null.</exception>
    /// <exception cref="JsonException">The value cannot be written without loss, or is nested deeper than <see cref="MaxDepth"/>.</exception>
    /// <exception cref="MontySizeException">A text, or the whole JSON, is too large.</exception>
    public static void RequireFit(MontyValue value)
    {
        ArgumentNullException.ThrowIfNull(value);
        JsonSize.Require(value, GetOptions(indented: false), depth: 0);
    }

    internal static ReadOnlyMemory<byte> SerializeToUtf8Bytes(MontyValue value, bool indented = false)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, GetOptions(indented)))
        {
            Write(writer, value);
        }

        return buffer.WrittenMemory;
    }

    private static JsonWriterOptions GetOptions(bool indented) =>
        new()
        {
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            Indented = indented,
            NewLine = "\n",
            MaxDepth = MaxDepth,
        };
}
