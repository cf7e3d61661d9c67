namespace Monty.Interop.Values.Clr;

/// <summary>A CLR type as C# writes it, for messages.</summary>
internal static class ClrTypeName
{
    public static string Format(Type type)
    {
        if (Nullable.GetUnderlyingType(type) is { } underlying)
        {
            return Format(underlying) + "?";
        }

        if (type.IsArray)
        {
            return Format(type.GetElementType()!) + "[]";
        }

        if (!type.IsGenericType)
        {
            return type.Name;
        }

        var name = type.Name.AsSpan();
        var mark = name.IndexOf('`');
        return $"{(mark < 0 ? name : name[..mark])}<{string.Join(", ", type.GetGenericArguments().Select(Format))}>";
    }
}
