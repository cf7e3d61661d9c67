using System.Diagnostics;
using System.Text.Json;

namespace Monty.Interop.Values.Json;

/// <summary>Writes values by the contract of <see cref="MontyJson"/>.</summary>
internal sealed class JsonValueWriter
{
    private readonly Utf8JsonWriter writer;
    private readonly JsonOutput output;
    private readonly JsonDateTimeWriter dates;
    private readonly JsonClassWriter classes;

    /// <param name="writer">Where to write.</param>
    /// <param name="limitsTexts">Whether a text over <see cref="MontyJson.MaxTextLength"/> is refused.</param>
    public JsonValueWriter(Utf8JsonWriter writer, bool limitsTexts)
    {
        this.writer = writer;
        output = new(writer, limitsTexts);
        dates = new(output);
        classes = new(output, this);
    }

    public void Write(MontyValue value)
    {
        switch (value)
        {
            case MontyNone:
                writer.WriteNullValue();
                break;
            case MontyBool boolean:
                writer.WriteBooleanValue(boolean.Value);
                break;
            case MontyInt integer:
                output.Int(integer);
                break;
            case MontyFloat number:
                WriteFloat(number.Value);
                break;
            case MontyStr str:
                output.Text(str.Value);
                break;
            case MontyBytes bytes:
                WriteBytes(bytes.Value.Span);
                break;
            case MontyEllipsis:
                WriteMark(JsonTag.Ellipsis);
                break;
            case MontyNotImplemented:
                WriteMark(JsonTag.NotImplemented);
                break;
            case MontyList list:
                WriteItems(list.Items);
                break;
            case MontyTuple tuple:
                WriteItems(JsonTag.Tuple, tuple.Items);
                break;
            case MontySet set:
                WriteItems(JsonTag.Set, set.Items);
                break;
            case MontyFrozenSet set:
                WriteItems(JsonTag.FrozenSet, set.Items);
                break;
            case MontyDict dict:
                WriteDict(dict);
                break;
            case MontyNamedTuple named:
                classes.Write(named);
                break;
            case MontyInstance instance:
                classes.Write(instance);
                break;
            case MontyDate date:
                dates.Write(date);
                break;
            case MontyTime time:
                dates.Write(time);
                break;
            case MontyDateTime moment:
                dates.Write(moment);
                break;
            case MontyTimeDelta delta:
                dates.Write(delta);
                break;
            case MontyTimeZone zone:
                dates.Write(zone);
                break;
            case MontyExceptionObject exception:
                output.Tagged(JsonTag.Exception, ("type", exception.Type), ("message", exception.Argument));
                break;
            case MontyType type:
                classes.Write(type);
                break;
            case MontyFunction { Docstring: null } function:
                output.Tagged(JsonTag.Function, function.Name);
                break;
            case MontyFunction function:
                output.Tagged(JsonTag.Function, ("name", function.Name), ("docstring", function.Docstring));
                break;
            case MontyBuiltin builtin:
                output.Tagged(JsonTag.Builtin, builtin.Name);
                break;
            case MontyPath path:
                output.Tagged(JsonTag.Path, path.Value);
                break;
            case MontyFileHandle file:
                WriteFile(file);
                break;
            case MontyRepr repr:
                output.Tagged(JsonTag.Repr, repr.Text);
                break;
            case MontyCycle cycle:
                WriteCycle(cycle);
                break;
            default:
                throw new UnreachableException($"No JSON for {value.GetType()}.");
        }
    }

    private void WriteFloat(double value)
    {
        var text = FloatText.Format(value);
        if (!double.IsFinite(value))
        {
            output.Tagged(JsonTag.Float, text);
        }
        else if (writer.Options.Indented)
        {
            // A raw value would stay on the line of the one before it.
            using var number = JsonDocument.Parse(text);
            number.RootElement.WriteTo(writer);
        }
        else
        {
            writer.WriteRawValue(text, skipInputValidation: true);
        }
    }

    private void WriteBytes(ReadOnlySpan<byte> bytes)
    {
        output.OpenTag(JsonTag.Bytes);
        output.Base64(bytes);
        output.CloseTag();
    }

    private void WriteMark(string tag)
    {
        output.OpenTag(tag);
        writer.WriteBooleanValue(true);
        output.CloseTag();
    }

    private void WriteItems(string tag, EquatableArray<MontyValue> items)
    {
        output.OpenTag(tag);
        WriteItems(items);
        output.CloseTag();
    }

    private void WriteItems(EquatableArray<MontyValue> items)
    {
        output.OpenArray();
        for (var i = 0; i < items.Count; i++)
        {
            WriteItem(i, items[i]);
        }

        output.CloseArray();
    }

    public void WriteItem(int index, MontyValue value)
    {
        output.EnterItem(index);
        Write(value);
        output.Leave();
    }

    public void WriteMember(string name, MontyValue value)
    {
        output.EnterMember(name);
        Write(value);
        output.Leave();
    }

    private void WriteDict(MontyDict dict)
    {
        var readsAsTag = dict.Pairs.Count == 1 && dict.Pairs[0].Key is MontyStr key && JsonTag.LooksLikeOne(key.Value);
        if (!readsAsTag && JsonClassWriter.HasDistinctNames(dict))
        {
            classes.WriteObject(dict);
            return;
        }

        output.OpenTag(JsonTag.Dict);
        classes.WritePairs(dict);
        output.CloseTag();
    }

    private void WriteFile(MontyFileHandle file)
    {
        output.OpenTag(JsonTag.File);
        output.OpenObject();
        output.Member("path", file.Path);
        output.Member("mode", file.Mode);
        WriteMember("position", file.Position);
        output.CloseObject();
        output.CloseTag();
    }

    private void WriteCycle(MontyCycle cycle)
    {
        output.OpenTag(JsonTag.Cycle);
        output.OpenObject();
        WriteMember("identity", cycle.Identity);
        output.Member("placeholder", cycle.Placeholder);
        output.CloseObject();
        output.CloseTag();
    }
}
