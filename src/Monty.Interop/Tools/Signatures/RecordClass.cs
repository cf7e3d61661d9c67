using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Reflection;
using System.Text;
using Monty.Interop.HostObjects;
using Monty.Interop.Values.Clr;
using Monty.Interop.Values.Json;

namespace Monty.Interop.Tools.Signatures;

/// <summary>A C# record as a Python dataclass: it crosses by its fields, in both directions, and scripts make some of their own.</summary>
[RequiresUnreferencedCode(ValueHydration.NeedsMembers)]
[RequiresDynamicCode(ValueHydration.NeedsCode)]
internal sealed class RecordClass(Type type, PythonTypes types) : MontyHostClass(NameOf(type), type)
{
    private readonly Guid valueId = DerivedIds.ForValuesOf(NameOf(type));
    private ImmutableArray<Field> fields;
    private MethodSignature? signature;
    private MontyTool? tool;

    public override MontyTool Tool => tool!;

    internal override bool IsLent => false;

    /// <summary>The identity of all instances: they are told apart by their fields.</summary>
    internal override Guid? ValueId => valueId;

    internal override IReadOnlyCollection<MontyHostClass> Uses => types.Classes;

    /// <summary>Describes the fields, once the class is known by its name.</summary>
    /// <exception cref="NoPythonTypeException">A field has no Python counterpart.</exception>
    public void Describe(RecordShape shape)
    {
        if (ToolNames.WhyNot(Name) is { } reason)
        {
            throw new NoPythonTypeException(ClrType, $"the name '{Name}' {reason}");
        }

        var constructor = shape.Constructor;
        fields = [.. shape.Parameters.Select(p => FieldOf(p.Parameter))];
        try
        {
            signature = new MethodSignature(
                $"{Name}.__init__",
                $"The record {ClrTypeName.Format(ClrType)}",
                constructor.GetParameters(),
                types,
                hasSelf: true
            );
        }
        catch (ArgumentException refused)
        {
            throw new NoPythonTypeException(ClrType, refused.Message.TrimEnd('.'));
        }

        tool = new MontyTool(Name, isAsync: false, Construct) { Classes = [this] };

        ValueTask<MontyValue> Construct(ToolCall call, CancellationToken cancellationToken) =>
            new(
                ToolResult.ToValue(
                    constructor.Invoke(
                        BindingFlags.DoNotWrapExceptions,
                        binder: null,
                        signature.Bind(call, cancellationToken),
                        CultureInfo.InvariantCulture
                    ),
                    Name,
                    types,
                    call.Objects
                )
            );
    }

    internal override MontyType ToType() => new(Name, MontyTypeOrigin.Host, Id, IsDataclass: true);

    internal override MontyValue ToValue(object value, ClrConversion conversion, LentObjects objects) =>
        new MontyInstance(
            ToType(),
            valueId,
            new MontyDict(
                fields
                    .Select(f => new KeyValuePair<MontyValue, MontyValue>(f.Name, conversion.ConvertMember(f.Name, f.Read(value))))
                    .ToEquatableArray()
            )
        );

    internal override string Declaration(bool documented)
    {
        var text = new StringBuilder($"@dataclass\nclass {Name}:\n");
        if (documented && PythonText.Describe(ClrType) is { } summary)
        {
            PythonText.AppendDocstring(text, summary, [], "    ");
        }

        foreach (var field in fields)
        {
            text.Append("    ").Append(documented ? field.Declared : $"{field.Name}: {field.Type}");
            if (documented && field.Description is { } description)
            {
                text.Append("  # ").Append(PythonText.OneLine(description));
            }

            text.Append('\n');
        }

        if (!documented)
        {
            text.Append("    def __init__").Append(signature!.Text).Append(" -> None: ...\n"); // in stubs the checker asks a dataclass for no field
        }

        return text.ToString();
    }

    private static string NameOf(Type type) =>
        type.IsGenericType
            ? $"{type.Name[..type.Name.IndexOf('`', StringComparison.Ordinal)]}Of{string.Concat(type.GetGenericArguments().Select(NameOf))}"
            : type.Name.TrimEnd('[', ']');

    private Field FieldOf(ParameterInfo parameter)
    {
        var property = LooseName.Find(ClrType.GetProperties(BindingFlags.Public | BindingFlags.Instance), p => p.Name, parameter.Name!);
        if (property?.GetMethod is not { IsPublic: true } || property.PropertyType != parameter.ParameterType)
        {
            throw new NoPythonTypeException(
                ClrType,
                $"there is no public property of the name and type of its constructor's parameter '{parameter.Name}'; use a record, or lend it as an object of a MontyHostClass that the registration names"
            );
        }

        var type = types.GetResultType(property.PropertyType, new NullabilityInfoContext().Create(property));
        var name = ToolNames.FromParameter(parameter.Name!);
        var shown = ToolParameter.From(parameter, $"The record {ClrTypeName.Format(ClrType)}", types, parameter.HasDefaultValue);
        var defaultText = shown.DefaultText is null ? "" : " = " + shown.DefaultText;
        return new Field(name, type, $"{name}: {type}{defaultText}", property, PythonText.Describe(property) ?? shown.Description);
    }

    private sealed record Field(string Name, string Type, string Declared, PropertyInfo Property, string? Description)
    {
        public object? Read(object value) =>
            Property.GetValue(value, BindingFlags.DoNotWrapExceptions, binder: null, index: null, CultureInfo.InvariantCulture);
    }
}
