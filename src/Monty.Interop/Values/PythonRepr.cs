using System.Diagnostics;
using System.Text;

namespace Monty.Interop.Values;

/// <summary>Python's <c>repr</c> of a value, as CPython writes it; where the runtime differs (open files) as the runtime does.</summary>
/// <remarks>Walks with its own stack, so nesting is bounded by memory only. A bound on the length bounds time and memory too.</remarks>
internal static class PythonRepr
{
    public static string Format(MontyValue value)
    {
        var text = new StringBuilder();
        Append(text, value, int.MaxValue);
        return text.ToString();
    }

    /// <summary>Appends the repr, or the beginning of it that makes the text longer than <paramref name="maxLength"/>.</summary>
    public static void Append(StringBuilder text, MontyValue value, int maxLength)
    {
        var pending = new Stack<Piece>();
        pending.Push(new(value));
        while (text.Length <= maxLength && pending.TryPop(out var piece))
        {
            if (piece.Value is null)
            {
                text.Append(piece.Text);
            }
            else
            {
                Write(piece.Value, text, pending, maxLength);
            }
        }
    }

    private static void Write(MontyValue value, StringBuilder text, Stack<Piece> pending, int maxLength)
    {
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
                text.Append(IntText.Format(integer));
                break;
            case MontyFloat number:
                text.Append(FloatText.Format(number.Value));
                break;
            case MontyStr str:
                StringLiteral.Append(text, str.Value, maxLength);
                break;
            case MontyBytes bytes:
                StringLiteral.Append(text, bytes.Value.Span, maxLength);
                break;
            case MontyList list:
                PushItems(pending, maxLength, "[", list.Items, "]");
                break;
            case MontyTuple tuple:
                PushItems(pending, maxLength, "(", tuple.Items, tuple.Items.Count == 1 ? ",)" : ")");
                break;
            case MontySet { Items.Count: 0 }:
                text.Append("set()");
                break;
            case MontySet set:
                PushItems(pending, maxLength, "{", set.Items, "}");
                break;
            case MontyFrozenSet { Items.Count: 0 }:
                text.Append("frozenset()");
                break;
            case MontyFrozenSet set:
                PushItems(pending, maxLength, "frozenset({", set.Items, "})");
                break;
            case MontyDict dict:
                PushPairs(pending, maxLength, dict);
                break;
            case MontyNamedTuple named:
                PushFields(pending, named);
                break;
            case MontyInstance { Type.IsDataclass: true } instance:
                PushAttributes(pending, instance);
                break;
            case MontyInstance instance:
                text.Append('<').Append(instance.Type.Name).Append(" object>");
                break;
            case MontyDate date:
                DateTimeRepr.Append(text, date);
                break;
            case MontyTime time:
                DateTimeRepr.Append(text, time);
                break;
            case MontyDateTime moment:
                DateTimeRepr.Append(text, moment);
                break;
            case MontyTimeDelta delta:
                DateTimeRepr.Append(text, delta);
                break;
            case MontyTimeZone zone:
                DateTimeRepr.Append(text, zone);
                break;
            case MontyExceptionObject exception:
                AppendException(text, exception);
                break;
            case MontyType type:
                text.Append("<class '").Append(type.Name).Append("'>");
                break;
            case MontyFunction function:
                text.Append("<function ").Append(function.Name).Append('>');
                break;
            case MontyBuiltin builtin:
                text.Append("<built-in function ").Append(builtin.Name).Append('>');
                break;
            case MontyPath path:
                StringLiteral.Append(text.Append("PosixPath("), path.Value).Append(')');
                break;
            case MontyFileHandle file:
                AppendFile(text, file);
                break;
            case MontyRepr repr:
                text.Append(repr.Text);
                break;
            case MontyCycle cycle:
                text.Append(cycle.Placeholder);
                break;
            default:
                throw new UnreachableException($"No repr for {value.GetType()}.");
        }
    }

    // The stack gives back the last piece first, so each of these pushes from the end; of more items than characters none is seen.
    private static void PushItems(Stack<Piece> pending, int maxLength, string open, EquatableArray<MontyValue> items, string close)
    {
        pending.Push(new(close));
        for (var i = Math.Min(items.Count - 1, maxLength); i >= 0; i--)
        {
            pending.Push(new(items[i]));
            if (i > 0)
            {
                pending.Push(new(", "));
            }
        }

        pending.Push(new(open));
    }

    private static void PushPairs(Stack<Piece> pending, int maxLength, MontyDict dict)
    {
        pending.Push(new("}"));
        for (var i = Math.Min(dict.Pairs.Count - 1, maxLength); i >= 0; i--)
        {
            pending.Push(new(dict.Pairs[i].Value));
            pending.Push(new(": "));
            pending.Push(new(dict.Pairs[i].Key));
            if (i > 0)
            {
                pending.Push(new(", "));
            }
        }

        pending.Push(new("{"));
    }

    private static void PushFields(Stack<Piece> pending, MontyNamedTuple named)
    {
        pending.Push(new(")"));
        for (var i = named.Fields.Count - 1; i >= 0; i--)
        {
            pending.Push(new(named.Fields[i].Value));
            pending.Push(new((i > 0 ? ", " : "") + named.Fields[i].Key + "="));
        }

        pending.Push(new(named.Name + "("));
    }

    private static void PushAttributes(Stack<Piece> pending, MontyInstance instance)
    {
        var pairs = instance.Attributes.Pairs;
        pending.Push(new(")"));
        for (var i = pairs.Count - 1; i >= 0; i--)
        {
            pending.Push(new(pairs[i].Value));
            pending.Push(new("="));
            pending.Push(pairs[i].Key is MontyStr name ? new(name.Value) : new(pairs[i].Key));
            if (i > 0)
            {
                pending.Push(new(", "));
            }
        }

        pending.Push(new(instance.Type.Name + "("));
    }

    private static void AppendException(StringBuilder text, MontyExceptionObject exception)
    {
        // CPython shows the class's own name: JSONDecodeError, without its module.
        text.Append(exception.Type.AsSpan(exception.Type.LastIndexOf('.') + 1)).Append('(');
        if (exception.Argument is not null)
        {
            StringLiteral.Append(text, exception.Argument);
        }

        text.Append(')');
    }

    private static void AppendFile(StringBuilder text, MontyFileHandle file)
    {
        text.Append("<_io.").Append(file.TypeName).Append(" name=");
        StringLiteral.Append(text, file.Path).Append(" mode=");
        StringLiteral.Append(text, file.Mode).Append('>');
    }

    private readonly record struct Piece(MontyValue? Value, string? Text)
    {
        public Piece(MontyValue value)
            : this(value, null) { }

        public Piece(string text)
            : this(null, text) { }
    }
}
