using System.Text.Json;
using Monty.Interop.Values.Literals;

namespace Monty.Interop;

/// <summary>Reads a value that a person typed, either as JSON in the format of <see cref="MontyJson"/> or as a Python literal.</summary>
/// <remarks>
/// <para>A Python literal consists of constants and is not evaluated: None, True, False, ints in every base, floats, inf, nan, str and bytes with their prefixes,
/// escapes and adjacent parts, tuples, lists, dicts, sets, <c>set()</c>, <c>frozenset({…})</c>, <c>...</c> and NotImplemented. The repr of
/// a value made of these reads back as the same value.</para>
/// <para>Text that is well-formed JSON is read as JSON, so that <c>{"$tuple": [1]}</c> is a tuple and <c>{'$tuple': [1]}</c> is a dict.
/// If a dict literal contains equal keys, the last one wins, as in Python. JSON with a duplicate key is refused.</para>
/// <para>Thread-safe.</para>
/// </remarks>
public static class MontyLiteral
{
    /// <summary>Reads a complete text. White space around it and line breaks inside brackets are ignored.</summary>
    /// <exception cref="ArgumentNullException"><paramref name="text"/> is null.</exception>
    /// <exception cref="FormatException">The text is neither JSON nor a Python literal, or has brackets nested deeper than
    /// <see cref="MontyJson.MaxDepth"/>. The message gives the position and what was expected there.</exception>
    /// <exception cref="MontySizeException">The text is larger than <see cref="MontyJson.MaxBytes"/>, or is JSON with more tokens than a <see cref="JsonDocument"/> can hold.</exception>
    public static MontyValue Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        try
        {
            return MontyJson.Parse(text);
        }
        catch (JsonException error) when (error.LineNumber is null)
        {
            // Only errors of the JSON tokenizer have a line number, so this is well-formed JSON that does not follow the format.
            throw new FormatException(error.Message, error);
        }
        catch (JsonException)
        {
            // The text is not JSON, so the error of the Python parser is the more helpful one.
            return new LiteralParser(text).ParseWhole();
        }
    }
}
