namespace Monty.Interop.Values.Clr;

/// <summary>Formats the name of a CLR type in the style of C#, for error messages.</summary>
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
