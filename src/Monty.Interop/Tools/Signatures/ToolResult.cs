using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Monty.Interop.HostObjects;
using Monty.Interop.Values.Clr;

namespace Monty.Interop.Tools.Signatures;

/// <summary>Converts the result of a C# function to a Python value: records become dataclasses, objects of known classes are lent, and decimals become the nearest float.</summary>
[RequiresUnreferencedCode(ValueHydration.NeedsMembers)]
[RequiresDynamicCode(ValueHydration.NeedsCode)]
internal static class ToolResult
{
    /// <exception cref="InvalidCastException">The value has no Python counterpart, which is a defect of the host function.</exception>
    public static MontyValue ToValue(object? value, string source, PythonTypes types, LentObjects objects)
    {
        return new ClrConversion(ConvertDeclared, Refuse).Convert(value);

        InvalidCastException Refuse(string problem) => new($"The result of {source} cannot be sent to the script: {problem}");

        MontyValue? ConvertDeclared(object item, ClrConversion conversion) =>
            item is decimal number
                ? double.Parse(number.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture)
                : types.FindClassOf(item)?.ToValue(item, conversion, objects);
    }
}
