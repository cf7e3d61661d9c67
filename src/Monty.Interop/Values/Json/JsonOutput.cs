using System.Text;
using System.Text.Json;

namespace Monty.Interop.Values.Json;

/// <summary>A JSON writer that knows where it stands and refuses text that JSON would change.</summary>
internal sealed class JsonOutput(Utf8JsonWriter writer)
{
    // Beyond this a JSON reader that holds numbers as doubles may round.
    private const long LargestExactInt = 1L << 53;

    private readonly ValuePath path = new(MontyJson.Refusal);

    public Utf8JsonWriter Writer => writer;

    public Exception CreateException(string problem) => path.CreateException(problem);

    public void OpenObject()
    {
        path.RequireDepth();
        writer.WriteStartObject();
    }

    public void CloseObject() => writer.WriteEndObject();

    public void OpenArray()
    {
        path.RequireDepth();
        writer.WriteStartArray();
    }

    public void CloseArray() => writer.WriteEndArray();

    public void EnterItem(int index) => path.Enter(index);

    public void EnterMember(string name)
    {
        RequireText(name);
        writer.WritePropertyName(name);
        path.Enter(name);
    }

    public void Leave() => path.Leave();

    public void OpenTag(string tag)
    {
        OpenObject();
        EnterMember(tag);
    }

    public void CloseTag()
    {
        Leave();
        CloseObject();
    }

    public void Tagged(string tag, string text)
    {
        OpenTag(tag);
        Text(text);
        CloseTag();
    }

    /// <summary>An object of texts; those that are null are left out.</summary>
    public void Tagged(string tag, params ReadOnlySpan<(string Name, string? Text)> members)
    {
        OpenTag(tag);
        OpenObject();
        foreach (var (name, text) in members)
        {
            Member(name, text);
        }

        CloseObject();
        CloseTag();
    }

    public void Member(string name, string? text)
    {
        if (text is null)
        {
            return;
        }

        EnterMember(name);
        Text(text);
        Leave();
    }

    public void Text(string text)
    {
        RequireText(text);
        writer.WriteStringValue(text);
    }

    public void Int(MontyInt value)
    {
        if (value.TryGetInt64(out var small) && small is >= -LargestExactInt and <= LargestExactInt)
        {
            writer.WriteNumberValue(small);
        }
        else
        {
            Tagged(JsonTag.Int, IntText.Format(value));
        }
    }

    private void RequireText(string text)
    {
        var rest = text.AsSpan();
        for (var at = rest.IndexOfAnyInRange('\ud800', '\udfff'); at >= 0; at = rest.IndexOfAnyInRange('\ud800', '\udfff'))
        {
            if (!Rune.TryGetRuneAt(text, text.Length - rest.Length + at, out _))
            {
                throw CreateException(
                    "The text has a lone surrogate, which JSON cannot carry unchanged; replace it, or send the UTF-16 units as bytes"
                );
            }

            rest = rest[(at + 2)..];
        }
    }
}
