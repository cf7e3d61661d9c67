using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Reflection;
using Monty.Interop.Values.Clr;
using Monty.Interop.Wire;

namespace Monty.Interop.Tools.Signatures;

/// <summary>A C# function on its way to becoming a tool or a method of a lent object.</summary>
[RequiresUnreferencedCode(ValueHydration.NeedsMembers)]
[RequiresDynamicCode(ValueHydration.NeedsCode)]
internal sealed class ToolMethod
{
    private readonly string name;
    private readonly TimeSpan? timeout;
    private readonly string? summary;
    private readonly PythonTypes types;
    private readonly MethodSignature signature;
    private readonly AwaitedResult result;
    private readonly string resultType;
    private readonly Func<object?[], object?> invoke;
    private readonly string shownName;
    private readonly MontyToolAttribute? attribute;

    private ToolMethod(
        string name,
        string source,
        string? ofClass,
        TimeSpan? timeout,
        MethodInfo method,
        IEnumerable<ParameterInfo> parameters,
        PythonTypes types,
        Func<object?[], object?> invoke
    )
    {
        this.name = name;
        this.timeout = timeout;
        this.types = types;
        this.invoke = invoke;
        summary = PythonText.Describe(method);
        attribute = method.GetCustomAttribute<MontyToolAttribute>(inherit: true);
        shownName = ofClass is null ? name : $"{ofClass}.{name}";
        signature = new MethodSignature(
            shownName,
            source,
            parameters,
            types,
            hasReceiver: ofClass is not null,
            hasSelf: ofClass is not null
        );
        try
        {
            result = AwaitedResult.From(method);
            resultType = result.Type is null ? "None" : types.GetResultType(result.Type, result.Annotation);
        }
        catch (NoPythonTypeException refused)
        {
            throw new ArgumentException($"{source}: its result cannot be given to a script. {refused.Message}.", refused);
        }
    }

    /// <summary>A method with <see cref="MontyToolAttribute"/>.</summary>
    public static ToolMethod From(MethodInfo method, object? target, MontyToolAttribute attribute, IEnumerable<MontyHostClass>? classes)
    {
        var source = SourceOf(method);
        if (method.IsGenericMethodDefinition)
        {
            throw new ArgumentException(
                $"{source} is generic, and a script gives no type arguments. Register a method with its types filled in."
            );
        }

        return new(
            NameOf(attribute.Name ?? ToolNames.FromMethod(method.Name), source),
            source,
            ofClass: null,
            DeadlineOf(attribute, source),
            method,
            method.GetParameters(),
            new PythonTypes(classes),
            arguments => method.Invoke(target, BindingFlags.DoNotWrapExceptions, binder: null, arguments, CultureInfo.InvariantCulture)
        );
    }

    /// <summary>A delegate, named by its method, by its attribute, or by the expression that gave it.</summary>
    public static ToolMethod From(
        Delegate handler,
        string? name,
        TimeSpan? timeout,
        IEnumerable<MontyHostClass>? classes,
        string? expression
    )
    {
        var attribute = handler.Method.GetCustomAttribute<MontyToolAttribute>();
        var found =
            name
            ?? attribute?.Name
            ?? (RuntimeNames.IsIdentifier(handler.Method.Name) ? ToolNames.FromMethod(handler.Method.Name) : NameIn(expression));
        if (found is null)
        {
            throw new ArgumentException(
                "A lambda has no name that scripts could call. Pass a name, or the lambda by a variable of that name.",
                nameof(name)
            );
        }

        var source = RuntimeNames.IsIdentifier(handler.Method.Name) ? SourceOf(handler.Method) : $"The tool '{found}'";
        return FromDelegate(
            NameOf(found, source),
            source,
            null,
            timeout ?? (attribute is null ? null : DeadlineOf(attribute, source)),
            handler,
            new PythonTypes(classes)
        );
    }

    /// <summary>A delegate whose first parameter is the lent object.</summary>
    public static ToolMethod FromHostObject(string ofClass, string name, TimeSpan? timeout, Delegate handler, PythonTypes types) =>
        FromDelegate(name, $"The method '{name}' of the class '{ofClass}'", ofClass, timeout, handler, types);

    /// <param name="isReadOnly">Whether the tool changes nothing; its attribute may say so too.</param>
    public MontyTool ToTool(bool isReadOnly = false) =>
        new(name, result.IsAsync, HandleAsync, timeout)
        {
            IsReadOnly = isReadOnly || attribute?.ReadOnly == true,
            Stub = $"{Heading}: ...",
            Documented = PythonText.WithDocstring(Heading, summary, signature.Descriptions, ""),
            Classes = [.. types.Classes],
        };

    /// <summary>The declaration as a member of a class.</summary>
    public string Declaration(bool documented) =>
        documented ? PythonText.WithDocstring(Heading, summary, signature.Descriptions, "    ") : $"    {Heading}: ...\n";

    private string Heading => $"{(result.IsAsync ? "async " : "")}def {name}{signature.Text} -> {resultType}";

    private static ToolMethod FromDelegate(
        string name,
        string source,
        string? ofClass,
        TimeSpan? timeout,
        Delegate handler,
        PythonTypes types
    )
    {
        var method = handler.GetType().GetMethod("Invoke")!;
        var parameters = handler.Method.GetParameters().TakeLast(method.GetParameters().Length); // a closed delegate of a static method hides its first
        return new(
            name,
            source,
            ofClass,
            timeout,
            handler.Method,
            parameters,
            types,
            arguments => method.Invoke(handler, BindingFlags.DoNotWrapExceptions, binder: null, arguments, CultureInfo.InvariantCulture)
        );
    }

    private async ValueTask<MontyValue> HandleAsync(ToolCall call, CancellationToken cancellationToken)
    {
        var returned = invoke(signature.Bind(call, cancellationToken));
        var value = await result.WaitAsync(returned, cancellationToken).ConfigureAwait(false);
        return result.Type is null ? MontyValue.None : ToolResult.ToValue(value, $"{shownName}()", types, call.Objects);
    }

    private static string NameOf(string name, string source) =>
        ToolNames.WhyNot(name) is { } reason ? throw new ArgumentException($"{source}: the name '{name}' {reason}") : name;

    private static TimeSpan? DeadlineOf(MontyToolAttribute attribute, string source)
    {
        if (attribute.TimeoutSeconds == 0)
        {
            return null;
        }

        return double.IsFinite(attribute.TimeoutSeconds) && Math.Abs(attribute.TimeoutSeconds) < TimeSpan.MaxValue.TotalSeconds
            ? TimeSpan.FromSeconds(attribute.TimeoutSeconds)
            : throw new ArgumentException(
                $"{source}: TimeoutSeconds is {attribute.TimeoutSeconds.ToString(CultureInfo.InvariantCulture)}. Give seconds, or 0 for no timeout."
            );
    }

    private static string? NameIn(string? expression)
    {
        var last = expression?.Split('.')[^1];
        return last is not null && RuntimeNames.IsIdentifier(last) ? ToolNames.FromMethod(last) : null;
    }

    private static string SourceOf(MethodInfo method) =>
        $"Method {(method.DeclaringType is { } type ? ClrTypeName.Format(type) + "." : "")}{method.Name}";
}
