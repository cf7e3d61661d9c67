using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;

namespace Monty.Interop.Tools.Signatures;

/// <summary>The parameters of a C# function as Python sees them, and how a call fills them.</summary>
[RequiresUnreferencedCode(ValueHydration.NeedsMembers)]
[RequiresDynamicCode(ValueHydration.NeedsCode)]
internal sealed class MethodSignature
{
    private readonly ImmutableArray<ParameterInfo> parameters;
    private readonly ImmutableArray<ToolParameter> script;
    private readonly PythonTypes types;
    private readonly CallShape shape;
    private readonly bool hasReceiver;

    /// <param name="name">The name in messages, such as <c>Account.deposit</c>.</param>
    /// <param name="source">The function in errors of its registration, such as <c>Method Weather.GetWeather</c>.</param>
    /// <param name="parameters">What C# declares.</param>
    /// <param name="types">The types known so far.</param>
    /// <param name="hasReceiver">True when the first parameter is the lent object.</param>
    /// <param name="hasSelf">True for a method or constructor.</param>
    /// <exception cref="ArgumentException">A parameter has no Python counterpart.</exception>
    public MethodSignature(
        string name,
        string source,
        IEnumerable<ParameterInfo> parameters,
        PythonTypes types,
        bool hasReceiver = false,
        bool hasSelf = false
    )
    {
        this.types = types;
        this.hasReceiver = hasReceiver;
        this.parameters = [.. parameters];
        var asked = this.parameters.Skip(hasReceiver ? 1 : 0).Where(p => !IsFilledByHost(p.ParameterType)).ToList();
        var lastRequired = asked.FindLastIndex(p => !p.HasDefaultValue && !ToolParameter.TakesRest(p));
        script = [.. asked.Select((p, i) => ToolParameter.From(p, source, types, mayBeLeftOut: i > lastRequired))];
        if (hasSelf && script.Any(p => p.Name == "self"))
        {
            throw new ArgumentException($"{source}: a parameter is named 'self', which is the object itself in Python. Rename it.");
        }

        if (script.GroupBy(p => p.Name).FirstOrDefault(g => g.Count() > 1) is { } twice)
        {
            throw new ArgumentException($"{source}: two parameters are named '{twice.Key}' in Python. Rename one of them.");
        }

        shape = new CallShape(
            name,
            hasSelf,
            [.. script.Where(p => !p.IsRest).Select(p => (p.Name, p.DefaultText is not null))],
            script.Any(p => p.IsRest)
        );
        Text = $"({string.Join(", ", (hasSelf ? ["self"] : Array.Empty<string>()).Concat(script.Select(p => p.Text)))})";
    }

    /// <summary>The parameters as Python writes them.</summary>
    public string Text { get; }

    /// <summary>What is said of the parameters.</summary>
    public IEnumerable<(string Name, string Text)> Descriptions =>
        script.Where(p => p.Description is not null).Select(p => (p.Name, p.Description!));

    /// <summary>The arguments for C# out of those of a call.</summary>
    /// <exception cref="PythonException">The call does not fit.</exception>
    public object?[] Bind(ToolCall call, CancellationToken cancellationToken)
    {
        var (bound, rest) = shape.Bind(call.Call);
        var arguments = new object?[parameters.Length];
        var next = 0;
        for (var i = 0; i < arguments.Length; i++)
        {
            var type = parameters[i].ParameterType;
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
                var parameter = script[next];
                var value = parameter.IsRest ? new MontyList(new EquatableArray<MontyValue>([.. rest])) : bound[next];
                arguments[i] = value is null
                    ? parameter.Default
                    : new ArgumentReader(shape.Name, parameter.Name, types, call.Objects).Hydrate(value, type, parameter.Annotation);
                next++;
            }
        }

        return arguments;
    }

    private static bool IsFilledByHost(Type type) => type == typeof(CancellationToken) || type == typeof(MontyFunctionCall);
}
