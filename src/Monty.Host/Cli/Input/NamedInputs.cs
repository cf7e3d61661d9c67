using Monty.Interop;

namespace Monty.Host.Cli.Input;

/// <summary>Collects the values of <c>--input</c> by name, and rejects a name that is given twice.</summary>
internal static class NamedInputs
{
    public static IReadOnlyDictionary<string, MontyValue> Collect(IEnumerable<NamedValue>? given)
    {
        var inputs = new Dictionary<string, MontyValue>();
        foreach (var (name, value) in given ?? [])
        {
            if (!inputs.TryAdd(name, value))
            {
                throw new BadInputException($"--input {name} is given twice. Remove one of them.");
            }
        }

        return inputs;
    }
}
