using System.Text.Json;
using Monty.Interop.Values.Literals;

namespace Monty.Interop;

/// <summary>Reads a value as a person types it: JSON by the contract of <see cref="MontyJson"/>, or a Python literal.</summary>
/// <remarks>
/// <para>Constants only, nothing is evaluated: None, True, False, ints in every base, floats, inf, nan, str and bytes with their prefixes,
/// escapes and adjacent parts, tuples, lists, dicts, sets, <c>set()</c>, <c>frozenset({…})</c>, <c>...</c>, NotImplemented. The repr of
/// a value made of these reads back as that value.</para>
/// <para>Text that is well-formed JSON is taken as JSON, so that <c>{"$tuple": [1]}</c> is a tuple and <c>{'$tuple': [1]}</c> a dict.
/// As in Python the last of two equal dict keys wins, while JSON with a key given twice is refused.</para>
/// <para>Thread-safe.</para>
/// </remarks>
public static class MontyLiteral
{
    /// <summary>Reads a whole text; white space around it and lines inside brackets do not matter.</summary>
    /// <exception cref="ArgumentNullException"><paramref name="text"/> is null.</exception>
    /// <exception cref="FormatException">The text is neither; the message says where and what was expected. Brackets deeper than
    /// <see cref="MontyJson.MaxDepth"/> are refused too.</exception>
    /// <exception cref="MontySizeException">The text is longer than <see cref="MontyJson.MaxBytes"/>, or is JSON of more parts than .NET's reader holds.</exception>
    public static MontyValue Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        try
        {
            return MontyJson.Parse(text);
        }
        catch (JsonException error) when (error.LineNumber is null)
        {
            // Only the tokenizer gives a line: this is well-formed JSON that breaks the contract.
            throw new FormatException(error.Message, error);
        }
        catch (JsonException)
        {
            // Not JSON at all, so what the Python parser expects is what the person wants to know.
            return new LiteralParser(text).ParseWhole();
        }
    }
}
