using System.Text.Json;
using Monty.Interop.Tools.Signatures;
using Shouldly;
using Xunit;

namespace Monty.Interop.Tests.Tools;

/// <summary>Arguments are bound as in CPython, and refused with its messages (Goldens/generate.py).</summary>
public sealed class ArgumentBindingTests
{
    [Fact]
    public void Every_golden_call_is_bound_or_refused_as_in_CPython()
    {
        using var stream = typeof(ArgumentBindingTests).Assembly.GetManifestResourceStream(
            "Monty.Interop.Tests.Tools.Goldens.binding.json"
        );
        using var goldens = JsonDocument.Parse(stream!);
        var rows = goldens.RootElement.EnumerateArray().ToList();
        rows.Count.ShouldBeGreaterThan(1000);
        var mismatches = rows.Where(r => GetErrorMessage(r) != r[6].GetString()).Select(r => $"{r.GetRawText()}: got {GetErrorMessage(r)}");
        mismatches.ShouldBeEmpty();
    }

    [Fact]
    public void Positional_and_keyword_arguments_are_bound_to_their_parameters()
    {
        var shape = new CallShape("f", CountsSelf: false, [("a", false), ("b", false), ("c", true)], IsVariadic: false);
        var (bound, rest) = shape.Bind(Call([1], ("c", 3), ("b", 2)));
        bound.ShouldBe([1, 2, 3]);
        rest.ShouldBeEmpty();
    }

    [Fact]
    public void A_variadic_function_receives_the_remaining_positional_arguments()
    {
        var shape = new CallShape("f", CountsSelf: false, [("a", false)], IsVariadic: true);
        var (bound, rest) = shape.Bind(Call([1, 2, 3]));
        bound.ShouldBe([1]);
        rest.ShouldBe([2, 3]);
    }

    private static string? GetErrorMessage(JsonElement row)
    {
        var shape = new CallShape(
            row[0].GetString()!,
            row[1].GetBoolean(),
            [.. row[2].EnumerateArray().Select(p => (p[0].GetString()!, p[1].GetBoolean()))],
            row[3].GetBoolean()
        );
        var call = Call(
            [.. Enumerable.Range(0, row[4].GetInt32()).Select(i => (MontyValue)i)],
            [.. row[5].EnumerateArray().Select(k => (k.GetString()!, (MontyValue)0))]
        );
        try
        {
            shape.Bind(call);
            return null;
        }
        catch (PythonException refused) when (refused.Error.Type == "TypeError")
        {
            return refused.Error.Message;
        }
    }

    private static MontyFunctionCall Call(MontyValue[] arguments, params (string Name, MontyValue Value)[] keywords) =>
        new(
            "f",
            new EquatableArray<MontyValue>([.. arguments]),
            new EquatableArray<KeyValuePair<string, MontyValue>>([.. keywords.Select(k => KeyValuePair.Create(k.Name, k.Value))]),
            0
        );
}
