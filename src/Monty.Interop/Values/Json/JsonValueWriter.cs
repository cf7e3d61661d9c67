using System.Diagnostics;
using System.Text.Json;

namespace Monty.Interop.Values.Json;

/// <summary>Writes values in the format of <see cref="MontyJson"/>.</summary>
internal sealed class JsonValueWriter
{
    private readonly Utf8JsonWriter writer;
    private readonly JsonOutput output;
    private readonly JsonDateTimeWriter dates;
    private readonly JsonClassWriter classes;

    /// <param name="writer">The writer to write to.</param>
    /// <param name="limitsTexts">True to refuse a text over <see cref="MontyJson.MaxTextLength"/>.</param>
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
                output.WriteInt(integer);
                break;
            case MontyFloat number:
                WriteFloat(number.Value);
                break;
            case MontyStr str:
                output.WriteText(str.Value);
                break;
            case MontyBytes bytes:
                WriteBytes(bytes.Value.Span);
                break;
            case MontyEllipsis:
                WriteSingleton(JsonTag.Ellipsis);
                break;
            case MontyNotImplemented:
                WriteSingleton(JsonTag.NotImplemented);
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
                output.WriteTagged(JsonTag.Exception, ("type", exception.Type), ("message", exception.Argument));
                break;
            case MontyType type:
                classes.Write(type);
                break;
            case MontyFunction { Docstring: null } function:
                output.WriteTagged(JsonTag.Function, function.Name);
                break;
            case MontyFunction function:
                output.WriteTagged(JsonTag.Function, ("name", function.Name), ("docstring", function.Docstring));
                break;
            case MontyBuiltin builtin:
                output.WriteTagged(JsonTag.Builtin, builtin.Name);
                break;
            case MontyPath path:
                output.WriteTagged(JsonTag.Path, path.Value);
                break;
            case MontyFileHandle file:
                WriteFile(file);
                break;
            case MontyRepr repr:
                output.WriteTagged(JsonTag.Repr, repr.Text);
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
            output.WriteTagged(JsonTag.Float, text);
        }
        else if (writer.Options.Indented)
        {
            // WriteRawValue does not start a new line in indented JSON.
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
        output.WriteBase64(bytes);
        output.CloseTag();
    }

    private void WriteSingleton(string tag)
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
        var looksLikeTag = dict.Pairs.Count == 1 && dict.Pairs[0].Key is MontyStr key && JsonTag.IsTag(key.Value);
        if (!looksLikeTag && JsonClassWriter.HasDistinctNames(dict))
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
        output.WriteMember("path", file.Path);
        output.WriteMember("mode", file.Mode);
        WriteMember("position", file.Position);
        output.CloseObject();
        output.CloseTag();
    }

    private void WriteCycle(MontyCycle cycle)
    {
        output.OpenTag(JsonTag.Cycle);
        output.OpenObject();
        WriteMember("identity", cycle.Identity);
        output.WriteMember("placeholder", cycle.Placeholder);
        output.CloseObject();
        output.CloseTag();
    }
}
