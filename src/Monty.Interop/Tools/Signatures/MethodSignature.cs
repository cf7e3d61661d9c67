using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;

namespace Monty.Interop.Tools.Signatures;

/// <summary>The Python signature of a C# function. It converts the arguments of a script's call to C# arguments.</summary>
[RequiresUnreferencedCode(ValueHydration.NeedsMembers)]
[RequiresDynamicCode(ValueHydration.NeedsCode)]
internal sealed class MethodSignature
{
    private readonly ImmutableArray<ParameterInfo> clrParameters;
    private readonly ImmutableArray<ToolParameter> scriptParameters;
    private readonly PythonTypes types;
    private readonly CallShape shape;
    private readonly bool hasReceiver;

    /// <param name="name">The function's name in errors that scripts see, such as <c>Account.deposit</c>.</param>
    /// <param name="source">The function as registration errors name it, such as <c>Method Weather.GetWeather</c>.</param>
    /// <param name="parameters">The C# parameters.</param>
    /// <param name="types">The Python types of the parameters; classes that the signature names are added to it.</param>
    /// <param name="kind">The role of the function in Python.</param>
    /// <exception cref="ArgumentException">A parameter has no Python counterpart, or its name cannot be used.</exception>
    public MethodSignature(string name, string source, IEnumerable<ParameterInfo> parameters, PythonTypes types, FunctionKind kind)
    {
        this.types = types;
        hasReceiver = kind == FunctionKind.Method;
        clrParameters = [.. parameters];
        var hasSelf = kind != FunctionKind.Function;
        scriptParameters = CreateScriptParameters(source);
        RequireDistinctNames(source, hasSelf);
        shape = new CallShape(
            name,
            hasSelf,
            [.. scriptParameters.Where(p => !p.IsVariadic).Select(p => (p.Name, p.Default is not null))],
            scriptParameters.Any(p => p.IsVariadic)
        );
        var declarations = scriptParameters.Select(p => p.Text);
        Text = $"({string.Join(", ", hasSelf ? declarations.Prepend("self") : declarations)})";
    }

    /// <summary>The parameter list in Python, in parentheses.</summary>
    public string Text { get; }

    /// <summary>The descriptions of the parameters that have one.</summary>
    public IEnumerable<(string Name, string Text)> Descriptions =>
        scriptParameters.Where(p => p.Description is not null).Select(p => (p.Name, p.Description!));

    /// <summary>Returns the C# arguments for a script's call.</summary>
    /// <exception cref="PythonException">The call has missing, extra or wrong arguments.</exception>
    public object?[] Bind(ToolCall call, CancellationToken cancellationToken)
    {
        var (bound, rest) = shape.Bind(call.Call);
        var arguments = new object?[clrParameters.Length];
        var next = 0;
        for (var i = 0; i < arguments.Length; i++)
        {
            var type = clrParameters[i].ParameterType;
            if (i == 0 && hasReceiver)
            {
                arguments[i] = call.Receiver;
            }
            else if (type == typeof(CancellationToken))
            {
                arguments[i] = cancellationToken;
            }
            else if (type == typeof(MontyFunctionCall))
            {
                arguments[i] = call.Call;
            }
            else
            {
                var parameter = scriptParameters[next];
                var value = parameter.IsVariadic ? new MontyList(rest.ToEquatableArray()) : bound[next];
                arguments[i] = value is null
                    ? parameter.Default?.Value
                    : new ArgumentReader(shape.Name, parameter.Name, types, call.Objects).Hydrate(value, type, parameter.Annotation);
                next++;
            }
        }

        return arguments;
    }

    private ImmutableArray<ToolParameter> CreateScriptParameters(string source)
    {
        var passed = clrParameters.Skip(hasReceiver ? 1 : 0).Where(p => !IsFilledByHost(p.ParameterType)).ToList();
        var lastRequired = passed.FindLastIndex(p => !p.HasDefaultValue && !ToolParameter.IsParams(p));
        return [.. passed.Select((p, i) => ToolParameter.From(p, source, types, isOptional: i > lastRequired))];
    }

    private void RequireDistinctNames(string source, bool hasSelf)
    {
        if (hasSelf && scriptParameters.Any(p => p.Name == "self"))
        {
            throw new ArgumentException(
                $"{source}: a parameter is named 'self', which is the name of the object itself in Python. Rename the parameter."
            );
        }

        if (scriptParameters.GroupBy(p => p.Name).FirstOrDefault(g => g.Count() > 1) is { } duplicates)
        {
            throw new ArgumentException($"{source}: two parameters are named '{duplicates.Key}' in Python. Rename one of them.");
        }
    }

    private static bool IsFilledByHost(Type type) => type == typeof(CancellationToken) || type == typeof(MontyFunctionCall);
}
