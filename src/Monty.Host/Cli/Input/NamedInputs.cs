using Monty.Interop;

namespace Monty.Host.Cli.Input;

/// <summary>The inputs by name, each given once.</summary>
internal static class NamedInputs
{
    public static IReadOnlyDictionary<string, MontyValue> Collect(IEnumerable<NamedValue>? given)
    {
        var inputs = new Dictionary<string, MontyValue>();
        foreach (var (name, value) in given ?? [])
        {
            if (!inputs.TryAdd(name, value))
            {
                throw new BadInputException($"--input {name} is given twice. Leave one of them away.");
            }
        }

        return inputs;
    }
}
