using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Reflection;
using System.Text;
using Monty.Interop.HostObjects;
using Monty.Interop.Values.Clr;
using Monty.Interop.Values.Json;

namespace Monty.Interop.Tools.Signatures;

/// <summary>Represents a C# record as a Python dataclass. Its fields are copied in both directions, and scripts can create instances.</summary>
[RequiresUnreferencedCode(ValueHydration.NeedsMembers)]
[RequiresDynamicCode(ValueHydration.NeedsCode)]
internal sealed class RecordClass(Type type, PythonTypes types) : MontyHostClass(GetName(type), type)
{
    private readonly Guid valueId = DerivedIds.ForValuesOf(GetName(type));
    private ImmutableArray<Field> fields;
    private MethodSignature? signature;
    private MontyTool? tool;

    public override MontyTool Tool => tool!;

    internal override bool IsLent => false;

    /// <summary>The id that all instances share. Instances have no identity of their own and differ only by their fields.</summary>
    internal override Guid? ValueId => valueId;

    internal override IReadOnlyCollection<MontyHostClass> ReferencedClasses => types.Classes;

    /// <summary>Reads the fields and the constructor. This is a second step after construction, because the fields may refer to this class.</summary>
    /// <exception cref="NoPythonTypeException">The type of a field has no Python counterpart, or the name of the record cannot be used.</exception>
    public void Describe(RecordShape shape)
    {
        if (ToolNames.FindProblem(Name) is { } problem)
        {
            throw new NoPythonTypeException(ClrType, $"the name '{Name}' {problem.TrimEnd('.')}");
        }

        var constructor = shape.Constructor;
        fields = [.. shape.Parameters.Select(p => CreateField(p.Parameter))];
        try
        {
            signature = new MethodSignature(
                $"{Name}.__init__",
                $"The record {ClrTypeName.Format(ClrType)}",
                constructor.GetParameters(),
                types,
                FunctionKind.Constructor
            );
        }
        catch (ArgumentException refused)
        {
            throw new NoPythonTypeException(ClrType, refused.Message.TrimEnd('.'));
        }

        tool = new MontyTool(Name, isAsync: false, ConstructAsync) { Classes = [this] };

        ValueTask<MontyValue> ConstructAsync(ToolCall call, CancellationToken cancellationToken)
        {
            var arguments = signature.Bind(call, cancellationToken);
            var record = constructor.Invoke(BindingFlags.DoNotWrapExceptions, binder: null, arguments, CultureInfo.InvariantCulture);
            return new(ToolResult.ToValue(record, $"{Name}()", types, call.Objects));
        }
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

    internal override string GetDeclaration(bool withDocs)
    {
        var text = new StringBuilder($"@dataclass\nclass {Name}:\n");
        if (withDocs && PythonText.Describe(ClrType) is { } summary)
        {
            PythonText.AppendDocstring(text, summary, [], "    ");
        }

        foreach (var field in fields)
        {
            text.Append("    ").Append(withDocs ? field.Declaration : $"{field.Name}: {field.Type}");
            if (withDocs && field.Description is { } description)
            {
                text.Append("  # ").Append(PythonText.OneLine(description));
            }

            text.Append('\n');
        }

        if (!withDocs)
        {
            // The checker does not derive a constructor from the fields of a dataclass in stubs.
            text.Append("    def __init__").Append(signature!.Text).Append(" -> None: ...\n");
        }

        return text.ToString();
    }

    /// <summary>Returns the Python name of a record. The name of a generic record includes its type arguments: <c>PageOfPoint</c> for <c>Page&lt;Point&gt;</c>.</summary>
    private static string GetName(Type type) =>
        type.IsGenericType
            ? $"{type.Name[..type.Name.IndexOf('`', StringComparison.Ordinal)]}Of{string.Concat(type.GetGenericArguments().Select(GetName))}"
            : type.Name.TrimEnd('[', ']');

    private Field CreateField(ParameterInfo parameter)
    {
        var property = LooseName.Find(ClrType.GetProperties(BindingFlags.Public | BindingFlags.Instance), p => p.Name, parameter.Name!);
        if (property?.GetMethod is not { IsPublic: true } || property.PropertyType != parameter.ParameterType)
        {
            throw new NoPythonTypeException(
                ClrType,
                $"there is no public property with the name and type of the constructor parameter '{parameter.Name}'; use a record, or lend it as a host object and name its MontyHostClass in the registration"
            );
        }

        var type = types.GetResultType(property.PropertyType, new NullabilityInfoContext().Create(property));
        var name = ToolNames.FromParameter(parameter.Name!);
        var described = ToolParameter.From(parameter, $"The record {ClrTypeName.Format(ClrType)}", types, parameter.HasDefaultValue);
        var defaultText = described.Default is null ? "" : " = " + described.Default.Text;
        return new Field(name, type, $"{name}: {type}{defaultText}", property, PythonText.Describe(property) ?? described.Description);
    }

    private sealed record Field(string Name, string Type, string Declaration, PropertyInfo Property, string? Description)
    {
        public object? Read(object value) =>
            Property.GetValue(value, BindingFlags.DoNotWrapExceptions, binder: null, index: null, CultureInfo.InvariantCulture);
    }
}
