using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace Monty.Interop.Values;

/// <summary>Writes the <c>repr</c> of a value as CPython does, and that of an open file as the runtime does, which differs.</summary>
/// <remarks>Nesting is limited by memory only, because the walk keeps its own stack. A maximum length also limits time and memory.</remarks>
internal static class PythonRepr
{
    /// <exception cref="MontySizeException">The text is longer than a string can be.</exception>
    public static string Format(MontyValue value)
    {
        if (!TextBound.IsWithin(value, SizeLimits.StringLength))
        {
            SizeLimits.RequireString(
                $"The repr of the {ValuePath.Shorten(value.TypeName)}",
                Measure(value),
                "Call Display(maxLength) for a shortened text, or WriteTo to write it piece by piece."
            );
        }

        var text = new StringBuilder();
        Write(ReprTarget.ForText(text, int.MaxValue), value);
        return text.ToString();
    }

    /// <summary>Returns the length of the repr in characters. For a repr longer than <see cref="SizeLimits.CountedBytes"/>, the result is only a little more than that.</summary>
    public static long Measure(MontyValue value)
    {
        var counted = ReprTarget.ForCounting(SizeLimits.CountedBytes);
        Write(counted, value);
        return counted.Length;
    }

    /// <summary>Appends the repr, and stops soon after the text is longer than <paramref name="maxLength"/>.</summary>
    public static void Append(StringBuilder text, MontyValue value, int maxLength) => Write(ReprTarget.ForText(text, maxLength), value);

    /// <summary>Writes a repr of any length piece by piece.</summary>
    public static void Write(TextWriter writer, MontyValue value)
    {
        var target = ReprTarget.ForWriter(writer);
        Write(target, value);
        target.Flush();
    }

    /// <summary>Writes a call as Python source.</summary>
    public static void Write(ReprTarget target, MontyFunctionCall call)
    {
        target.Append(call.Name);
        target.Text.Append('(');
        var separator = "";
        foreach (var argument in call.Arguments)
        {
            if (target.IsFull)
            {
                return;
            }

            target.Text.Append(separator);
            separator = ", ";
            Write(target, argument);
        }

        foreach (var (name, argument) in call.Keywords)
        {
            if (target.IsFull)
            {
                return;
            }

            target.Text.Append(separator);
            separator = ", ";
            target.Append(name);
            target.Text.Append('=');
            Write(target, argument);
        }

        target.Text.Append(')');
    }

    private static void Write(ReprTarget target, MontyValue value)
    {
        if (target.IsFull)
        {
            return;
        }

        List<Container> open = [];
        Begin(target, open, value);
        while (open.Count > 0 && !target.IsFull)
        {
            ref var innermost = ref CollectionsMarshal.AsSpan(open)[^1];
            var container = innermost.Value;
            if (innermost.Next < innermost.Count)
            {
                WritePart(target, open, container, innermost.Next++);
            }
            else
            {
                target.Text.Append(GetClosing(container));
                open.RemoveAt(open.Count - 1);
            }

            target.FlushIfLarge();
        }
    }

    /// <summary>Writes a scalar completely, and of a container only the beginning.</summary>
    private static void Begin(ReprTarget target, List<Container> open, MontyValue value)
    {
        switch (value)
        {
            case MontySet { Items.Count: 0 }:
                target.Text.Append("set()");
                break;
            case MontyFrozenSet { Items.Count: 0 }:
                target.Text.Append("frozenset()");
                break;
            case MontyList list:
                target.Text.Append('[');
                open.Add(new Container(value, list.Items.Count));
                break;
            case MontyTuple tuple:
                target.Text.Append('(');
                open.Add(new Container(value, tuple.Items.Count));
                break;
            case MontySet set:
                target.Text.Append('{');
                open.Add(new Container(value, set.Items.Count));
                break;
            case MontyFrozenSet set:
                target.Text.Append("frozenset({");
                open.Add(new Container(value, set.Items.Count));
                break;
            case MontyDict dict:
                target.Text.Append('{');
                open.Add(new Container(value, 2 * dict.Pairs.Count));
                break;
            case MontyNamedTuple named:
                target.Append(named.Name);
                target.Text.Append('(');
                open.Add(new Container(value, named.Fields.Count));
                break;
            case MontyInstance { Type.IsDataclass: true } instance:
                target.Append(instance.Type.Name);
                target.Text.Append('(');
                open.Add(new Container(value, 2 * instance.Attributes.Pairs.Count));
                break;
            default:
                WriteScalar(target, value);
                break;
        }
    }

    /// <summary>Writes one item, key, value or field of a container, after a separator where one is needed.</summary>
    private static void WritePart(ReprTarget target, List<Container> open, MontyValue container, int index)
    {
        var isPairs = container is MontyDict or MontyInstance;
        if (index > 0 && !(isPairs && index % 2 == 1))
        {
            target.Text.Append(", ");
        }

        switch (container)
        {
            case MontyList list:
                Begin(target, open, list.Items[index]);
                break;
            case MontyTuple tuple:
                Begin(target, open, tuple.Items[index]);
                break;
            case MontySet set:
                Begin(target, open, set.Items[index]);
                break;
            case MontyFrozenSet set:
                Begin(target, open, set.Items[index]);
                break;
            case MontyNamedTuple named:
                target.Append(named.Fields[index].Key);
                target.Text.Append('=');
                Begin(target, open, named.Fields[index].Value);
                break;
            case MontyDict dict when index % 2 == 0:
                Begin(target, open, dict.Pairs[index / 2].Key);
                break;
            case MontyDict dict:
                target.Text.Append(": ");
                Begin(target, open, dict.Pairs[index / 2].Value);
                break;
            case MontyInstance instance when index % 2 == 0 && instance.Attributes.Pairs[index / 2].Key is MontyStr name:
                target.Append(name.Value);
                break;
            case MontyInstance instance when index % 2 == 0:
                Begin(target, open, instance.Attributes.Pairs[index / 2].Key);
                break;
            case MontyInstance instance:
                target.Text.Append('=');
                Begin(target, open, instance.Attributes.Pairs[index / 2].Value);
                break;
        }
    }

    private static string GetClosing(MontyValue container) =>
        container switch
        {
            MontyList => "]",
            MontyTuple { Items.Count: 1 } => ",)",
            MontySet or MontyDict => "}",
            MontyFrozenSet => "})",
            _ => ")",
        };

    private static void WriteScalar(ReprTarget target, MontyValue value)
    {
        var text = target.Text;
        switch (value)
        {
            case MontyNone:
                text.Append("None");
                break;
            case MontyEllipsis:
                text.Append("Ellipsis");
                break;
            case MontyNotImplemented:
                text.Append("NotImplemented");
                break;
            case MontyBool boolean:
                text.Append(boolean.Value ? "True" : "False");
                break;
            case MontyInt integer:
                WriteInt(target, integer);
                break;
            case MontyFloat number:
                text.Append(FloatText.Format(number.Value));
                break;
            case MontyStr str:
                StringLiteral.Append(target, str.Value);
                break;
            case MontyBytes bytes:
                StringLiteral.Append(target, bytes.Value.Span);
                break;
            case MontyInstance instance:
                WriteNamed(target, "<", instance.Type.Name, " object>");
                break;
            case MontyDate date:
                DateTimeRepr.Append(target, date);
                break;
            case MontyTime time:
                DateTimeRepr.Append(target, time);
                break;
            case MontyDateTime moment:
                DateTimeRepr.Append(target, moment);
                break;
            case MontyTimeDelta delta:
                DateTimeRepr.Append(target, delta);
                break;
            case MontyTimeZone zone:
                DateTimeRepr.Append(target, zone);
                break;
            case MontyExceptionObject exception:
                WriteException(target, exception);
                break;
            case MontyType type:
                WriteNamed(target, "<class '", type.Name, "'>");
                break;
            case MontyFunction function:
                WriteNamed(target, "<function ", function.Name, ">");
                break;
            case MontyBuiltin builtin:
                WriteNamed(target, "<built-in function ", builtin.Name, ">");
                break;
            case MontyPath path:
                text.Append("PosixPath(");
                StringLiteral.Append(target, path.Value);
                text.Append(')');
                break;
            case MontyFileHandle file:
                text.Append("<_io.").Append(file.TypeName).Append(" name=");
                StringLiteral.Append(target, file.Path);
                text.Append(" mode=");
                StringLiteral.Append(target, file.Mode);
                text.Append('>');
                break;
            case MontyRepr repr:
                target.Append(repr.Text);
                break;
            case MontyCycle cycle:
                target.Append(cycle.Placeholder);
                break;
            default:
                throw new UnreachableException($"No repr for {value.GetType()}.");
        }
    }

    private static void WriteNamed(ReprTarget target, string before, string name, string after)
    {
        target.Text.Append(before);
        target.Append(name);
        target.Text.Append(after);
    }

    private static void WriteInt(ReprTarget target, MontyInt integer)
    {
        if (IntText.FormatDecimal(integer) is { } digits)
        {
            target.Text.Append(digits);
        }
        else
        {
            IntText.WriteHexadecimal(integer, target.Append);
        }
    }

    private static void WriteException(ReprTarget target, MontyExceptionObject exception)
    {
        // CPython shows the name of the class without its module, as in JSONDecodeError.
        target.Append(exception.Type.AsSpan(exception.Type.LastIndexOf('.') + 1));
        target.Text.Append('(');
        if (exception.Argument is not null)
        {
            StringLiteral.Append(target, exception.Argument);
        }

        target.Text.Append(')');
    }

    /// <summary>A container that is being written.</summary>
    /// <param name="Value">The container.</param>
    /// <param name="Count">The number of its parts: items or fields, or keys and values.</param>
    private record struct Container(MontyValue Value, int Count)
    {
        /// <summary>The index of the part to write next.</summary>
        public int Next { get; set; }
    }
}
