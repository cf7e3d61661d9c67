using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Monty.Interop.Values.Json;
using Monty.Interop.Wire;

namespace Monty.Interop;

/// <summary>Values as JSON, without loss: plain JSON where JSON can say it, else an object whose only key is a tag.</summary>
/// <remarks>
/// <para>None, bool, str, list and dicts with distinct str keys are plain. A number with <c>.</c>, <c>e</c> or <c>E</c> is a float, any other
/// an int; floats are always written with one of them. Ints beyond ±2^53, which other readers may round, are written as <c>{"$int": "…"}</c>,
/// in decimal up to 4300 digits and as <c>0x…</c> beyond; all forms are read exactly. All other kinds are tagged: <c>$tuple $set $frozenset $bytes $float $namedtuple $dataclass $instance
/// $date $datetime $time $timedelta $timezone $path $type $exception $function $builtin $file $ellipsis $notimplemented $repr $cycle</c>.
/// <c>$dict</c> holds [key, value] pairs: for keys that are not str or come twice, and for a dict whose only key starts with <c>$</c>.</para>
/// <para>Reading is strict: an unknown tag, a body of the wrong shape, a key given twice, trailing data and text that is not valid Unicode
/// are refused with a message that says where and what to write instead. A host instance written without ids gets ids derived
/// from the document and its place there, the same on every run; a sandbox instance needs the ids that it came with.</para>
/// <para>Writing refuses what could not be read back unchanged: lone surrogates, and dates and times out of Python's range.</para>
/// <para>Thread-safe. See docs/concepts/values.md for every tag.</para>
/// </remarks>
public static class MontyJson
{
    /// <summary>How many arrays and objects may enclose each other, tags included; deeper documents are neither written nor read.</summary>
    public const int MaxDepth = 512;

    /// <summary>The most UTF-16 characters of one text: a str, a name, or the digits of an int. System.Text.Json itself takes no longer ones.</summary>
    public const int MaxTextLength = 166_666_666;

    /// <summary>The most bytes in UTF-8 that the JSON of one value takes: as many as a .NET string has characters.</summary>
    public const int MaxBytes = SizeLimits.StringLength;

    internal static readonly Func<string, Exception?, Exception> Refusal = (message, cause) => new JsonException(message, cause);

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Writes one value. After an exception the writer holds the part that came before.</summary>
    /// <param name="writer">Where to write; its options decide indentation and escapes. Its own depth bound applies as well.</param>
    /// <param name="value">The value.</param>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    /// <exception cref="JsonException">The value cannot be written without loss, or nests deeper than <see cref="MaxDepth"/>.</exception>
    /// <exception cref="MontySizeException">A text is longer than <see cref="MaxTextLength"/>, or the JSON than <see cref="MaxBytes"/>; nothing was written.</exception>
    public static void Write(Utf8JsonWriter writer, MontyValue value)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(value);
        JsonSize.Require(value, writer.Options, writer.CurrentDepth);
        new JsonValueWriter(writer, limitsTexts: true).Write(value);
    }

    /// <summary>The bytes in UTF-8 that <see cref="Serialize"/> would give, whether or not it refuses them for their size; nothing of them is built.</summary>
    /// <param name="value">The value.</param>
    /// <param name="indented">True for lines and indentation.</param>
    /// <returns>The exact number; past 4 GiB counting stops, and it is more than 4 GiB.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="value"/> is null.</exception>
    /// <exception cref="JsonException">The value cannot be written without loss, or nests deeper than <see cref="MaxDepth"/>.</exception>
    public static long Measure(MontyValue value, bool indented = false)
    {
        ArgumentNullException.ThrowIfNull(value);
        return JsonSize.Count(value, GetOptions(indented), depth: 0, limitsTexts: false);
    }

    /// <summary>Reads one value.</summary>
    /// <param name="reader">Stands before the value or at its first token, and after the call at its last; its own depth bound
    /// (64 unless its options say otherwise) applies as well.</param>
    /// <exception cref="ArgumentException">The reader hands out comments (<see cref="JsonCommentHandling.Allow"/>).</exception>
    /// <exception cref="JsonException">The JSON is malformed, ends early, or is not by the contract.</exception>
    public static MontyValue Read(ref Utf8JsonReader reader)
    {
        using var document = JsonDocument.ParseValue(ref reader);
        return JsonValueReader.ReadDocument(document.RootElement);
    }

    /// <summary>The JSON text of a value. Characters beyond ASCII are written as they are: escape the text before it goes into HTML.</summary>
    /// <param name="value">The value.</param>
    /// <param name="indented">True for lines and indentation; one line by default.</param>
    /// <exception cref="ArgumentNullException"><paramref name="value"/> is null.</exception>
    /// <exception cref="JsonException">The value cannot be written without loss, or nests deeper than <see cref="MaxDepth"/>.</exception>
    /// <exception cref="MontySizeException">A text is longer than <see cref="MaxTextLength"/>, or the JSON than <see cref="MaxBytes"/>; nothing was built.</exception>
    public static string Serialize(MontyValue value, bool indented = false) =>
        Encoding.UTF8.GetString(SerializeToUtf8Bytes(value, indented).Span);

    /// <summary>Reads a whole JSON text.</summary>
    /// <exception cref="ArgumentNullException"><paramref name="json"/> is null.</exception>
    /// <exception cref="JsonException">The JSON is malformed, has data after its end, nests deeper than <see cref="MaxDepth"/>, or is not by the contract.</exception>
    /// <exception cref="MontySizeException">It is longer than <see cref="MaxBytes"/>, or has more parts than .NET's reader holds; nothing of it was built.</exception>
    public static MontyValue Parse(string json)
    {
        ArgumentNullException.ThrowIfNull(json);
        const int MostBytesPerCharacter = 3;
        if (json.Length > MaxBytes / MostBytesPerCharacter)
        {
            JsonSize.RequireDocument(Utf8Length.Of(json));
        }

        try
        {
            return Parse(StrictUtf8.GetBytes(json));
        }
        catch (EncoderFallbackException error)
        {
            throw new JsonException($"The text has a lone surrogate at index {error.Index}, which JSON cannot carry.", error);
        }
    }

    /// <summary>Reads a whole JSON text in UTF-8, without a byte order mark.</summary>
    /// <exception cref="JsonException">The JSON is malformed, has data after its end, nests deeper than <see cref="MaxDepth"/>, or is not by the contract.</exception>
    /// <exception cref="MontySizeException">It is longer than <see cref="MaxBytes"/>, or has more parts than .NET's reader holds; nothing of it was built.</exception>
    public static MontyValue Parse(ReadOnlySpan<byte> utf8)
    {
        JsonSize.RequireDocument(utf8);
        var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = MaxDepth });
        using var document = JsonDocument.ParseValue(ref reader);
        while (reader.Read())
        {
            // The reader itself refuses whatever follows the value.
        }

        return JsonValueReader.ReadDocument(document.RootElement);
    }

    /// <summary>Refuses a value for its size alone, as <see cref="Serialize"/> would.</summary>
    /// <exception cref="MontySizeException">A text, or the whole, is too large.</exception>
    internal static void RequireFit(MontyValue value) => JsonSize.Require(value, GetOptions(indented: false), depth: 0);

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
