using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Monty.Interop.HostObjects;
using Monty.Interop.Values.Clr;

namespace Monty.Interop.Tools.Signatures;

/// <summary>What a C# function gave, as a Python value: records are dataclasses, objects of known classes are lent, decimals become the nearest float.</summary>
[RequiresUnreferencedCode(ValueHydration.NeedsMembers)]
[RequiresDynamicCode(ValueHydration.NeedsCode)]
internal static class ToolResult
{
    /// <exception cref="InvalidCastException">The value cannot cross, which is the host's fault.</exception>
    public static MontyValue ToValue(object? value, string source, PythonTypes types, LentObjects objects)
    {
        return new ClrConversion(Declared, Refuse).Convert(value);

        InvalidCastException Refuse(string problem) => new($"The result of {source} cannot be sent to the script: {problem}");

        MontyValue? Declared(object item, ClrConversion conversion) =>
            item is decimal number
                ? double.Parse(number.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture)
                : types.ClassOf(item)?.ToValue(item, conversion, objects);
    }
}
