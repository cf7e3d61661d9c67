using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.CompilerServices;
using Monty.Interop.Wire;

namespace Monty.Interop.Tools.Signatures;

/// <summary>One parameter that a script fills.</summary>
/// <param name="Name">Its Python name.</param>
/// <param name="Type">Its Python type; that of one item for the rest of the arguments.</param>
/// <param name="Annotation">What C# says of null.</param>
/// <param name="IsRest">True when it takes the positional arguments that are left over.</param>
/// <param name="Default">Its value where a call leaves it out.</param>
/// <param name="DefaultText">That value as Python writes it; null for a parameter that every call gives.</param>
/// <param name="Description">What a model reads of it, or null.</param>
internal sealed record ToolParameter(
    string Name,
    string Type,
    NullabilityInfo Annotation,
    bool IsRest,
    object? Default,
    string? DefaultText,
    string? Description
)
{
    /// <summary>It as Python declares it, such as <c>days: int = 3</c> or <c>*names: str</c>.</summary>
    public string Text =>
        IsRest ? $"*{Name}: {Type}"
        : DefaultText is null ? $"{Name}: {Type}"
        : $"{Name}: {Type} = {DefaultText}";

    public static bool TakesRest(ParameterInfo parameter) =>
        parameter.IsDefined(typeof(ParamArrayAttribute)) || parameter.IsDefined(typeof(ParamCollectionAttribute));

    /// <exception cref="ArgumentException">Its type has no Python counterpart.</exception>
    [RequiresUnreferencedCode(ValueHydration.NeedsMembers)]
    [RequiresDynamicCode(ValueHydration.NeedsCode)]
    public static ToolParameter From(ParameterInfo parameter, string source, PythonTypes types, bool mayBeLeftOut)
    {
        var (type, isRest) = (parameter.ParameterType, TakesRest(parameter));
        var annotation = new NullabilityInfoContext().Create(parameter);
        var name = ToolNames.FromParameter(parameter.Name ?? "");
        if (!RuntimeNames.IsIdentifier(name))
        {
            throw new ArgumentException(
                $"{source}: the parameter '{parameter.Name}' has no name that Python could use. Name it with letters, digits and underscores."
            );
        }

        string text;
        try
        {
            if (UnsupportedType.WhyNot(type) is { } reason && type.IsByRef)
            {
                throw new NoPythonTypeException(type.GetElementType()!, reason);
            }

            text = types.GetArgumentType(type, annotation);
            if (isRest)
            {
                text = text[(text.IndexOf('[', StringComparison.Ordinal) + 1)..^1];
            }
        }
        catch (NoPythonTypeException refused)
        {
            throw new ArgumentException(
                $"{source}: the parameter '{parameter.Name}' cannot be passed by a script. {refused.Message}.",
                refused
            );
        }

        var (value, valueText) = mayBeLeftOut && !isRest ? DefaultOf(parameter) : (null, null);
        return new(
            name,
            text,
            annotation,
            isRest,
            value,
            valueText,
            PythonText.Describe(parameter, Nullable.GetUnderlyingType(type) ?? type)
        );
    }

    /// <summary>The default value, and as Python writes it. For a default struct C# keeps null, and for some enums a number.</summary>
    private static (object? Value, string Text) DefaultOf(ParameterInfo parameter)
    {
        var type = parameter.ParameterType;
        var underlying = Nullable.GetUnderlyingType(type);
        var value = parameter.DefaultValue;
        if (value is null)
        {
            return (null, type.IsValueType && underlying is null ? "..." : "None");
        }

        if ((underlying ?? type).IsEnum)
        {
            value = Enum.ToObject(underlying ?? type, value);
        }

        try
        {
            return (value, PythonText.Default(value is decimal number ? (double)number : MontyValue.From(value)));
        }
        catch (ArgumentException)
        {
            return (value, "..."); // an enum's number without a name
        }
    }
}
