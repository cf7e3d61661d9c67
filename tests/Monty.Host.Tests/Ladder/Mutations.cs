using System.Text.Json;
using System.Text.Json.Nodes;

namespace Monty.Host.Tests.Ladder;

/// <summary>Creates mutants of fixtures. Each mutant has one wrong field, so it must fail.</summary>
internal static class Mutations
{
    private static readonly string[] ErrorFields =
    [
        "expectError",
        "errorContains",
        "expectedExcType",
        "expectedTraceback",
        "expectedTracebackMinFrames",
        "expectedTracebackFrameHasFilename",
        "expectedErrorFilename",
        "expectedTracebackFilename",
    ];

    /// <summary>Creates all mutants of one fixture, with the name of the changed field.</summary>
    public static IEnumerable<(string Field, JsonObject Fixture)> Create(JsonObject fixture)
    {
        foreach (var (field, value) in fixture)
        {
            foreach (var broken in value is null ? [] : Broken(field, value, fixture))
            {
                yield return (field, With(fixture, field, broken));
            }
        }

        if (fixture["expectError"] is not null)
        {
            yield return ("expectError", Without(fixture, ErrorFields));
        }
        else if (fixture["replSteps"] is null && fixture["typeCheckExpected"] is null)
        {
            yield return ("expectError", ExpectingAnError(fixture));
        }
    }

    private static JsonObject With(JsonObject fixture, string field, JsonNode? value)
    {
        var copy = fixture.DeepClone().AsObject();
        copy[field] = value;
        return copy;
    }

    private static JsonObject Without(JsonObject fixture, params string[] fields)
    {
        var copy = fixture.DeepClone().AsObject();
        foreach (var field in fields)
        {
            copy.Remove(field);
        }

        return copy;
    }

    private static JsonObject ExpectingAnError(JsonObject fixture) =>
        With(Without(fixture, "expected", "expectedContains", "expectedTypeTag", "expectedSorted"), "expectError", true);

    private static IEnumerable<JsonNode?> Broken(string field, JsonNode value, JsonObject fixture)
    {
        switch (field)
        {
            case "expected":
                return BrokenValues(value).Append(new JsonObject { ["$tuple"] = new JsonArray("mutant") });
            case "expectedContains" or "errorContains" or "expectedFnName" or "expectedExcType" or "expectedTypeTag":
            case "expectedErrorFilename" or "expectedTracebackFilename":
                return ["MUTANT"];
            case "expectedTraceback":
                var isFlag = value.GetValueKind() is JsonValueKind.True or JsonValueKind.False;
                return isFlag ? [!value.GetValue<bool>()] : ["MUTANT", new JsonArray("line", "MUTANT")];
            case "expectedTracebackMinFrames":
                return [1_000_000];
            case "expectedTracebackFrameHasFilename" or "expectedMethodCall" or "expectedCallIdNonZero" or "expectedDistinctCallIds":
                return [!value.GetValue<bool>()];
            case "expectedCallId":
                return [value.GetValue<int>() + 1];
            case "expectedArgs" or "expectedPrintLines":
                return BrokenItems(value.AsArray()).Append(Appended(value, "extra"));
            case "expectedKwargs":
                var members = value.AsObject();
                return BrokenMembers(members).Append(Added(value, "extra")).Concat(members.Count > 1 ? [Reversed(members)] : []);
            case "resumeValues":
                return [Shortened(value), Appended(value, 1)];
            case "resumeErrors":
                return [new JsonArray([.. value.AsArray().Select(_ => (JsonNode?)null)]), Appended(value, "more")];
            case "asyncResumeMap" or "asyncErrorMap":
                return value.AsObject().Select(m => Without(value.AsObject(), m.Key)).Append(Added(value, "99"));
            case "resolveOrder":
                return
                [
                    Appended(value, new JsonArray(0)),
                    new JsonArray([new JsonArray(99), .. value.AsArray().Select(g => g!.DeepClone())]),
                ];
            case "osCallResponses":
                return [Shortened(value), Appended(value, new JsonObject()), OtherOperation(value)];
            case "externalFunctions":
                // One of these fixtures expects an unknown function, and another does not run because of its type errors.
                return fixture["expectedExcType"]?.GetValue<string>() == "NameError" || fixture["typeCheckExpected"] is not null
                    ? []
                    : [new JsonArray()];
            case "hostObjects":
                return [new JsonObject([.. value.AsObject().Select(m => KeyValuePair.Create(m.Key, (JsonNode?)new JsonObject()))])];
            case "inputs":
                return [new JsonObject()];
            case "scriptName":
                return fixture["expectError"] is null ? [] : ["mutant.py"];
            case "limits":
                return Limits(value.AsObject());
            case "typeCheckExpected":
                return TypeChecks(value.AsObject());
            case "replSteps":
                return Steps(value.AsArray());
            default:
                return [];
        }
    }

    /// <summary>Creates copies of a value, each with one changed leaf or member.</summary>
    private static IEnumerable<JsonNode?> BrokenValues(JsonNode? value)
    {
        switch (value)
        {
            case null:
                return [0];
            case JsonArray items:
                return [Appended(items, "extra"), .. BrokenItems(items)];
            case JsonObject { Count: 1 } tagged when tagged.First().Key.StartsWith('$'):
                return BrokenTag(tagged.First().Key, tagged.First().Value!);
            case JsonObject members:
                return [Added(members, "extra"), .. BrokenMembers(members)];
            default:
                var number = value.ToJsonString();
                return value.GetValueKind() switch
                {
                    JsonValueKind.String => [value.GetValue<string>() + "x"],
                    JsonValueKind.Number when number.AsSpan().IndexOfAny(".eE") < 0 =>
                    [
                        JsonNode.Parse(number + ".0"),
                        value.GetValue<long>() + 1,
                    ],
                    JsonValueKind.Number => [value.GetValue<double>() + 1.5],
                    _ => [!value.GetValue<bool>(), value.GetValue<bool>() ? 1 : 0],
                };
        }
    }

    private static IEnumerable<JsonNode?> BrokenTag(string tag, JsonNode body) =>
        tag switch
        {
            "$tuple" or "$set" or "$frozenset" =>
            [
                .. BrokenItems(body.AsArray()).Append(Appended(body, "extra")).Select(b => Tagged(tag, b!)),
                Tagged(tag == "$set" ? "$frozenset" : "$set", body.DeepClone()),
            ],
            "$int" => [Tagged(tag, body.GetValue<string>() + "0")],
            "$float" => [1.5],
            "$bytes" => [Tagged(tag, "AAAA")],
            "$path" => [Tagged(tag, body.GetValue<string>() + "x")],
            _ => throw new ArgumentException($"There is no mutation for the tag {tag}. Add one."),
        };

    private static JsonObject Tagged(string tag, JsonNode body) => new() { [tag] = body };

    private static IEnumerable<JsonNode?> BrokenItems(JsonArray items) =>
        items.SelectMany(
            (item, index) =>
                BrokenValues(item)
                    .Select(broken =>
                    {
                        var copy = items.DeepClone().AsArray();
                        copy[index] = broken;
                        return copy;
                    })
        );

    private static IEnumerable<JsonNode?> BrokenMembers(JsonObject members) =>
        members.SelectMany(member => BrokenValues(member.Value).Select(broken => With(members, member.Key, broken)));

    private static JsonArray Appended(JsonNode array, JsonNode item)
    {
        var copy = array.DeepClone().AsArray();
        copy.Add(item);
        return copy;
    }

    private static JsonArray Shortened(JsonNode array)
    {
        var copy = array.DeepClone().AsArray();
        copy.RemoveAt(copy.Count - 1);
        return copy;
    }

    private static JsonObject Added(JsonNode members, string name) => With(members.AsObject(), name, "extra");

    private static JsonObject Reversed(JsonObject members) =>
        new(members.Reverse().Select(m => KeyValuePair.Create(m.Key, m.Value?.DeepClone())));

    private static JsonArray OtherOperation(JsonNode responses)
    {
        var copy = responses.DeepClone().AsArray();
        copy[0]!["operation"] = "Path.mutant";
        return copy;
    }

    /// <summary>Creates limits that change the result of the script.</summary>
    /// <remarks>Limits on time and memory are kept, because they end the endless scripts.</remarks>
    private static IEnumerable<JsonNode> Limits(JsonObject limits)
    {
        if (limits["maxRecursionDepth"] is not null)
        {
            yield return With(limits, "maxRecursionDepth", 200);
        }

        if (limits["maxSuspensions"] is not null)
        {
            yield return With(limits, "maxSuspensions", 2);
        }

        if (limits["gcInterval"] is not null)
        {
            yield return With(limits, "gcInterval", 1_000_000_000);
        }
    }

    private static IEnumerable<JsonNode> TypeChecks(JsonObject check)
    {
        yield return With(check, "hasErrors", !check["hasErrors"]!.GetValue<bool>());
        if (check["contains"] is not null)
        {
            yield return With(check, "contains", "MUTANT");
        }

        if (check["stubs"] is not null)
        {
            yield return Without(check, "stubs");
        }
    }

    private static IEnumerable<JsonNode> Steps(JsonArray steps)
    {
        for (var index = 0; index < steps.Count; index++)
        {
            var step = steps[index]!.AsObject();
            var broken = new List<JsonObject>();
            if (step["expected"] is not null)
            {
                broken.AddRange(BrokenValues(step["expected"]).Select(b => With(step, "expected", b)));
            }

            if (step["errorContains"] is not null)
            {
                broken.Add(With(step, "errorContains", "MUTANT"));
            }

            if (step["expectError"] is not null)
            {
                broken.Add(Without(step, "expectError", "errorContains"));
            }
            else if (step["continuation"]?.GetValue<string>() is null or "complete")
            {
                broken.Add(With(Without(step, "expected"), "expectError", true));
            }

            if (step["continuation"] is { } wanted)
            {
                broken.AddRange(OtherContinuations(step, wanted.GetValue<string>()));
            }

            foreach (var mutant in broken)
            {
                var copy = steps.DeepClone().AsArray();
                copy[index] = mutant;
                yield return copy;
            }
        }
    }

    private static IEnumerable<JsonObject> OtherContinuations(JsonObject step, string wanted) =>
        new[] { "complete", "open_bracket", "open_string", "open_block" }
            .Where(c => c != wanted)
            .Select(c => With(Without(step, "expected", "expectError", "errorContains"), "continuation", c));
}
