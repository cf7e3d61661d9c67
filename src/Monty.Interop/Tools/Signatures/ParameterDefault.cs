using System.Reflection;

namespace Monty.Interop.Tools.Signatures;

/// <summary>The default value of a parameter.</summary>
/// <param name="Value">The C# value.</param>
/// <param name="Text">The value in Python, or <c>...</c> when it has no literal.</param>
internal sealed record ParameterDefault(object? Value, string Text)
{
    private const string NoLiteral = "...";

    /// <remarks>Reflection reports null for a default struct, and the underlying number for some enums.</remarks>
    public static ParameterDefault From(ParameterInfo parameter)
    {
        var type = parameter.ParameterType;
        var underlying = Nullable.GetUnderlyingType(type);
        var value = parameter.DefaultValue;
        if (value is null)
        {
            return new(null, type.IsValueType && underlying is null ? NoLiteral : "None");
        }

        if ((underlying ?? type).IsEnum)
        {
            value = Enum.ToObject(underlying ?? type, value);
        }

        return new(value, GetText(value));
    }

    private static string GetText(object value)
    {
        try
        {
            return PythonText.FormatDefault(value is decimal number ? (double)number : MontyValue.From(value));
        }
        catch (ArgumentException)
        {
            return NoLiteral; // The value is a number of an enum without a name for it.
        }
    }
}
