using Monty.Interop;

namespace Monty.Host.Ladder.Fixtures;

/// <summary>Reads the functions, objects and answers of a fixture's host.</summary>
internal static class HostScriptReader
{
    public static HostScript Read(FixtureFields fields, IReadOnlyList<FixtureHostObject> objects) =>
        new()
        {
            Functions = (fields.Texts("externalFunctions") ?? []).ToHashSet(),
            Objects = objects,
            Values = fields.Values("resumeValues") ?? [],
            Errors = [.. (fields.TextsOrNulls("resumeErrors") ?? []).Select(text => text is null ? null : AnswerError.Parse(text))],
            Futures = ReadFutures(fields),
            OsCalls = [.. (fields.Parts("osCallResponses") ?? []).Select(ReadOsCall)],
        };

    /// <summary>Reads the host objects. Their ids are the same in every run.</summary>
    public static IReadOnlyList<FixtureHostObject> ReadObjects(FixtureFields fields) =>
        [.. (fields.NamedParts("hostObjects") ?? []).Select((part, index) => ReadObject(part.Key, part.Value, index + 1))];

    private static FixtureHostObject ReadObject(string name, FixtureFields fields, int number)
    {
        var attributes = (fields.NamedValues("attributes") ?? []).Select(a => KeyValuePair.Create((MontyValue)a.Key, a.Value));
        var type = new MontyType(name, MontyTypeOrigin.Host, new Guid(number, 1, 0, new byte[8]));
        var instance = new MontyInstance(type, new Guid(number, 2, 0, new byte[8]), new MontyDict(attributes.ToEquatableArray()));
        return new FixtureHostObject(name, instance, (fields.Texts("methods") ?? []).ToHashSet());
    }

    private static FuturePlan? ReadFutures(FixtureFields fields)
    {
        var values = fields.ValuesById("asyncResumeMap");
        var errors = fields.TextsById("asyncErrorMap");
        var order = fields.IdGroups("resolveOrder");
        if (values is null && errors is null)
        {
            return order is null ? null : throw fields.CreateException("'resolveOrder' requires 'asyncResumeMap' or 'asyncErrorMap'");
        }

        var outcomes = (values ?? new Dictionary<uint, MontyValue>()).ToDictionary(v => v.Key, v => MontyAnswer.Return(v.Value));
        foreach (var (id, text) in errors ?? new Dictionary<uint, string>())
        {
            outcomes[id] = MontyAnswer.Raise(AnswerError.Parse(text));
        }

        return new FuturePlan(outcomes, order ?? []);
    }

    private static OsCallResponse ReadOsCall(FixtureFields fields)
    {
        var operation = fields.Text("operation");
        var result = fields.Value("result");
        var error = fields.Text("error");
        if (result is not null && error is not null)
        {
            throw fields.CreateException("an OS call cannot have both a result and an error; remove one of them");
        }

        if (error is not null)
        {
            return new OsCallResponse(operation, MontyAnswer.Raise(AnswerError.Parse(error)));
        }

        return new OsCallResponse(operation, result is null ? null : MontyAnswer.Return(result));
    }
}
