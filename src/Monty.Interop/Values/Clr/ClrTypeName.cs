namespace Monty.Interop;

/// <summary>A CLR type as C# writes it, for messages.</summary>
internal static class ClrTypeName
{
    public static string Of(Type type)
    {
        if (Nullable.GetUnderlyingType(type) is { } underlying)
        {
            return Of(underlying) + "?";
        }

        if (type.IsArray)
        {
            return Of(type.GetElementType()!) + "[]";
        }

        if (!type.IsGenericType)
        {
            return type.Name;
        }

        var name = type.Name.AsSpan();
        var mark = name.IndexOf('`');
        return $"{(mark < 0 ? name : name[..mark])}<{string.Join(", ", type.GetGenericArguments().Select(Of))}>";
    }
}
