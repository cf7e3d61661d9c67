using System.Collections.Immutable;

namespace Monty.Interop.Tools.Signatures;

/// <summary>The parameters of a Python function. It assigns the arguments of a call to them by Python's rules.</summary>
/// <param name="Name">The function's name in error messages, such as <c>add</c> or <c>Account.deposit</c>.</param>
/// <param name="CountsSelf">True for a method, whose error messages count <c>self</c> as an argument.</param>
/// <param name="Parameters">The parameters in order. Optional ones come last.</param>
/// <param name="IsVariadic">True when the function accepts further positional arguments, like <c>*args</c>.</param>
internal sealed record CallShape(string Name, bool CountsSelf, ImmutableArray<(string Name, bool IsOptional)> Parameters, bool IsVariadic)
{
    /// <summary>Returns the argument of each parameter, or null where the call omits it, and the remaining positional arguments.</summary>
    /// <exception cref="PythonException">The call does not match the parameters. The error is the <c>TypeError</c> that CPython raises, with its message.</exception>
    public (MontyValue?[] Bound, IReadOnlyList<MontyValue> Remaining) Bind(MontyFunctionCall call)
    {
        var bound = new MontyValue?[Parameters.Length];
        var taken = Math.Min(call.Arguments.Count, bound.Length);
        for (var i = 0; i < taken; i++)
        {
            bound[i] = call.Arguments[i];
        }

        foreach (var (name, value) in call.Keywords)
        {
            var index = IndexOf(name);
            if (index < 0)
            {
                throw CreateTypeError($"got an unexpected keyword argument '{name}'");
            }

            if (bound[index] is not null)
            {
                throw CreateTypeError($"got multiple values for argument '{name}'");
            }

            bound[index] = value;
        }

        if (call.Arguments.Count > taken && !IsVariadic)
        {
            throw CreateCountError(call.Arguments.Count);
        }

        var missing = Parameters.Where((p, i) => bound[i] is null && !p.IsOptional).Select(p => $"'{p.Name}'").ToList();
        if (missing.Count > 0)
        {
            throw CreateTypeError(
                $"missing {missing.Count} required positional argument{(missing.Count == 1 ? "" : "s")}: {Join(missing)}"
            );
        }

        return (bound, [.. call.Arguments.Skip(taken)]);
    }

    private int IndexOf(string name)
    {
        for (var i = 0; i < Parameters.Length; i++)
        {
            if (Parameters[i].Name == name)
            {
                return i;
            }
        }

        return -1;
    }

    private PythonException CreateCountError(int given)
    {
        var self = CountsSelf ? 1 : 0;
        var max = Parameters.Length + self;
        var min = Parameters.Count(p => !p.IsOptional) + self;
        given += self;
        var expected = min == max ? $"{max} positional argument{(max == 1 ? "" : "s")}" : $"from {min} to {max} positional arguments";
        return CreateTypeError($"takes {expected} but {given} {(given == 1 ? "was" : "were")} given");
    }

    private static string Join(List<string> names) =>
        names switch
        {
            [var only] => only,
            [var first, var second] => $"{first} and {second}",
            [.. var most, var last] => $"{string.Join(", ", most)}, and {last}",
            [] => "",
        };

    private PythonException CreateTypeError(string problem) => new("TypeError", $"{Name}() {problem}");
}
