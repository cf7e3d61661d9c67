using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Reflection;
using Monty.Interop.Values.Clr;
using Monty.Interop.Wire;

namespace Monty.Interop.Tools.Signatures;

/// <summary>A C# function with its Python signature, from which a tool or a method of a host class is created.</summary>
[RequiresUnreferencedCode(ValueHydration.NeedsMembers)]
[RequiresDynamicCode(ValueHydration.NeedsCode)]
internal sealed class ToolMethod
{
    private readonly FunctionNames names;
    private readonly HostFunction function;
    private readonly PythonTypes types;
    private readonly TimeSpan? timeout;
    private readonly string? summary;
    private readonly MethodSignature signature;
    private readonly AwaitedResult result;
    private readonly string resultType;
    private readonly MontyToolAttribute? attribute;

    private ToolMethod(FunctionNames names, HostFunction function, PythonTypes types, TimeSpan? timeout)
    {
        this.names = names;
        this.function = function;
        this.types = types;
        this.timeout = timeout;
        summary = PythonText.Describe(function.Method);
        attribute = function.Method.GetCustomAttribute<MontyToolAttribute>(inherit: true);
        var kind = names.ClassName is null ? FunctionKind.Function : FunctionKind.Method;
        signature = new MethodSignature(names.QualifiedName, names.Source, function.Parameters, types, kind);
        try
        {
            result = AwaitedResult.From(function.Method);
            resultType = result.Type is null ? "None" : types.GetResultType(result.Type, result.Annotation);
        }
        catch (NoPythonTypeException refused)
        {
            throw new ArgumentException($"{names.Source}: the result cannot be returned to a script. {refused.Message}.", refused);
        }
    }

    /// <summary>Creates the tool method of a C# method that has the attribute <see cref="MontyToolAttribute"/>.</summary>
    public static ToolMethod From(MethodInfo method, object? target, MontyToolAttribute attribute, IEnumerable<MontyHostClass>? classes)
    {
        var source = GetSource(method);
        if (method.IsGenericMethodDefinition)
        {
            throw new ArgumentException(
                $"{source} is generic, and a script cannot pass type arguments. Register a method without type parameters."
            );
        }

        var name = attribute.Name ?? ToolNames.FromMethod(method.Name);
        RequireValidName(name, source);
        return new(
            new FunctionNames(name, source),
            HostFunction.From(method, target),
            new PythonTypes(classes),
            GetTimeout(attribute, source)
        );
    }

    /// <summary>Creates the tool method of a delegate. Its name is the given one, else that of the attribute, the method, or the variable that was passed.</summary>
    public static ToolMethod From(
        Delegate handler,
        string? name,
        TimeSpan? timeout,
        IEnumerable<MontyHostClass>? classes,
        string? expression
    )
    {
        var attribute = handler.Method.GetCustomAttribute<MontyToolAttribute>();
        var found = name ?? attribute?.Name ?? FindName(handler.Method, expression);
        if (found is null)
        {
            throw new ArgumentException(
                "The lambda has no name for scripts to call. Pass a name, or pass the lambda through a variable with that name.",
                nameof(name)
            );
        }

        var source = IsLambda(handler.Method) ? $"The tool '{found}'" : GetSource(handler.Method);
        RequireValidName(found, source);
        if (timeout is null && attribute is not null)
        {
            timeout = GetTimeout(attribute, source);
        }

        return new(new FunctionNames(found, source), HostFunction.From(handler), new PythonTypes(classes), timeout);
    }

    /// <summary>Creates the method of a host class from a delegate whose first parameter is the object.</summary>
    public static ToolMethod FromHostObject(string className, string name, TimeSpan? timeout, Delegate handler, PythonTypes types) =>
        new(
            new FunctionNames(name, $"The method '{name}' of the class '{className}'", className),
            HostFunction.From(handler),
            types,
            timeout
        );

    /// <param name="isReadOnly">True when a call changes nothing outside the script. The attribute of the method can say so too.</param>
    public MontyTool ToTool(bool isReadOnly = false) =>
        new(names.Name, result.IsAsync, HandleAsync, timeout)
        {
            IsReadOnly = isReadOnly || attribute?.ReadOnly == true,
            Stub = $"{Heading}: ...",
            DocumentedStub = PythonText.WithDocstring(Heading, summary, signature.Descriptions, ""),
            Classes = [.. types.Classes],
        };

    /// <summary>Returns the Python declaration as a member of a class, with or without a docstring.</summary>
    public string GetDeclaration(bool withDocs) =>
        withDocs ? PythonText.WithDocstring(Heading, summary, signature.Descriptions, "    ") : $"    {Heading}: ...\n";

    private string Heading => $"{(result.IsAsync ? "async " : "")}def {names.Name}{signature.Text} -> {resultType}";

    private async ValueTask<MontyValue> HandleAsync(ToolCall call, CancellationToken cancellationToken)
    {
        var returned = function.Invoke(signature.Bind(call, cancellationToken));
        var value = await result.WaitAsync(returned, cancellationToken).ConfigureAwait(false);
        return result.Type is null ? MontyValue.None : ToolResult.ToValue(value, $"{names.QualifiedName}()", types, call.Objects);
    }

    private static void RequireValidName(string name, string source)
    {
        if (ToolNames.FindProblem(name) is { } problem)
        {
            throw new ArgumentException($"{source}: the name '{name}' {problem}");
        }
    }

    private static TimeSpan? GetTimeout(MontyToolAttribute attribute, string source)
    {
        var seconds = attribute.TimeoutSeconds;
        if (seconds == 0)
        {
            return null;
        }

        if (!double.IsFinite(seconds) || Math.Abs(seconds) >= TimeSpan.MaxValue.TotalSeconds)
        {
            throw new ArgumentException(
                $"{source}: TimeoutSeconds is {seconds.ToString(CultureInfo.InvariantCulture)}, which is not a usable number of seconds. Set a positive number, or 0 for no timeout."
            );
        }

        return TimeSpan.FromSeconds(seconds);
    }

    private static string? FindName(MethodInfo method, string? expression)
    {
        if (!IsLambda(method))
        {
            return ToolNames.FromMethod(method.Name);
        }

        var variable = expression?.Split('.')[^1];
        return variable is not null && RuntimeNames.IsIdentifier(variable) ? ToolNames.FromMethod(variable) : null;
    }

    /// <summary>True for a lambda, whose compiler-generated name is not an identifier.</summary>
    private static bool IsLambda(MethodInfo method) => !RuntimeNames.IsIdentifier(method.Name);

    private static string GetSource(MethodInfo method) =>
        $"Method {(method.DeclaringType is { } type ? ClrTypeName.Format(type) + "." : "")}{method.Name}";
}
