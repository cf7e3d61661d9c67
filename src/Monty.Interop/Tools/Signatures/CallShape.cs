using System.Collections.Immutable;

namespace Monty.Interop.Tools.Signatures;

/// <summary>What a call must bring, for binding its arguments as Python does.</summary>
/// <param name="Name">The function's name in messages, such as <c>add</c> or <c>Account.deposit</c>.</param>
/// <param name="CountsSelf">True for a method, whose messages count the receiver.</param>
/// <param name="Parameters">The parameters in order; those that may be left out come last.</param>
/// <param name="TakesRest">True when further positional arguments are taken.</param>
internal sealed record CallShape(string Name, bool CountsSelf, ImmutableArray<(string Name, bool IsOptional)> Parameters, bool TakesRest)
{
    /// <summary>The arguments by parameter, null where the call leaves one out, and the positional ones that are left over.</summary>
    /// <exception cref="PythonException">The <c>TypeError</c> that CPython raises, in its words.</exception>
    public (MontyValue?[] Bound, IReadOnlyList<MontyValue> LeftOver) Bind(MontyFunctionCall call)
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

        if (call.Arguments.Count > taken && !TakesRest)
        {
            throw TooMany(call.Arguments.Count);
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

    private PythonException TooMany(int given)
    {
        var self = CountsSelf ? 1 : 0;
        var (most, least) = (Parameters.Length + self, Parameters.Count(p => !p.IsOptional) + self);
        given += self;
        var takes = least == most ? $"{most} positional argument{(most == 1 ? "" : "s")}" : $"from {least} to {most} positional arguments";
        return CreateTypeError($"takes {takes} but {given} {(given == 1 ? "was" : "were")} given");
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
