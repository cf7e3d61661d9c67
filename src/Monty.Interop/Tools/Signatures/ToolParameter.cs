using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.CompilerServices;
using Monty.Interop.Wire;

namespace Monty.Interop.Tools.Signatures;

/// <summary>A parameter of a C# function for which a script passes an argument.</summary>
internal sealed class ToolParameter
{
    /// <summary>The Python name.</summary>
    public required string Name { get; init; }

    /// <summary>The Python type. For a variadic parameter, the type of one argument.</summary>
    public required string Type { get; init; }

    /// <summary>The nullability that C# declares.</summary>
    public required NullabilityInfo Annotation { get; init; }

    /// <summary>True when the parameter takes all remaining positional arguments, like <c>*args</c>.</summary>
    public required bool IsVariadic { get; init; }

    /// <summary>The default value, or null when every call must pass the argument.</summary>
    public ParameterDefault? Default { get; init; }

    /// <summary>The description that a model reads, or null.</summary>
    public string? Description { get; init; }

    /// <summary>The declaration in Python, such as <c>days: int = 3</c> or <c>*names: str</c>.</summary>
    public string Text
    {
        get
        {
            var declaration = $"{Name}: {Type}";
            if (IsVariadic)
            {
                return "*" + declaration;
            }

            return Default is null ? declaration : $"{declaration} = {Default.Text}";
        }
    }

    /// <summary>True for a C# parameter that is declared with <c>params</c>.</summary>
    public static bool IsParams(ParameterInfo parameter) =>
        parameter.IsDefined(typeof(ParamArrayAttribute)) || parameter.IsDefined(typeof(ParamCollectionAttribute));

    /// <param name="parameter">The C# parameter.</param>
    /// <param name="source">The function as registration errors name it.</param>
    /// <param name="types">The Python types; classes that the parameter names are added to it.</param>
    /// <param name="isOptional">True when a call may omit the argument.</param>
    /// <exception cref="ArgumentException">The type has no Python counterpart, or the name is not a Python identifier.</exception>
    [RequiresUnreferencedCode(ValueHydration.NeedsMembers)]
    [RequiresDynamicCode(ValueHydration.NeedsCode)]
    public static ToolParameter From(ParameterInfo parameter, string source, PythonTypes types, bool isOptional)
    {
        var name = ToolNames.FromParameter(parameter.Name ?? "");
        if (!RuntimeNames.IsIdentifier(name))
        {
            throw new ArgumentException(
                $"{source}: the name of the parameter '{parameter.Name}' is not a Python identifier. Use letters, digits and underscores."
            );
        }

        var isVariadic = IsParams(parameter);
        var annotation = new NullabilityInfoContext().Create(parameter);
        var type = GetPythonType(parameter, annotation, source, types);
        return new ToolParameter
        {
            Name = name,
            Type = isVariadic ? GetItemType(type) : type,
            Annotation = annotation,
            IsVariadic = isVariadic,
            Default = isOptional && !isVariadic ? ParameterDefault.From(parameter) : null,
            Description = PythonText.Describe(parameter, Nullable.GetUnderlyingType(parameter.ParameterType) ?? parameter.ParameterType),
        };
    }

    [RequiresUnreferencedCode(ValueHydration.NeedsMembers)]
    [RequiresDynamicCode(ValueHydration.NeedsCode)]
    private static string GetPythonType(ParameterInfo parameter, NullabilityInfo annotation, string source, PythonTypes types)
    {
        var type = parameter.ParameterType;
        try
        {
            if (type.IsByRef && UnsupportedType.FindReason(type) is { } reason)
            {
                throw new NoPythonTypeException(type.GetElementType()!, reason);
            }

            return types.GetArgumentType(type, annotation);
        }
        catch (NoPythonTypeException refused)
        {
            throw new ArgumentException(
                $"{source}: the parameter '{parameter.Name}' cannot be passed by a script. {refused.Message}.",
                refused
            );
        }
    }

    /// <summary>Returns the item type of a Python collection type: <c>int</c> for <c>list[int]</c>.</summary>
    private static string GetItemType(string collection) => collection[(collection.IndexOf('[', StringComparison.Ordinal) + 1)..^1];
}
