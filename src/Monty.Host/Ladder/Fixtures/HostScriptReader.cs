using Monty.Interop;

namespace Monty.Host.Ladder.Fixtures;

/// <summary>Reads what the host of a fixture has to offer.</summary>
internal static class HostScriptReader
{
    public static HostScript Read(FixtureFields fields, IReadOnlyList<LentObject> objects) =>
        new()
        {
            Functions = (fields.Texts("externalFunctions") ?? []).ToHashSet(),
            Objects = objects,
            Values = fields.Values("resumeValues") ?? [],
            Errors = [.. (fields.TextsOrNulls("resumeErrors") ?? []).Select(text => text is null ? null : AnswerError.Parse(text))],
            Futures = ReadFutures(fields),
            OsCalls = [.. (fields.Parts("osCallResponses") ?? []).Select(ReadOsCall)],
        };

    /// <summary>The objects that are lent; their ids are the same on every run.</summary>
    public static IReadOnlyList<LentObject> ReadObjects(FixtureFields fields) =>
        [.. (fields.NamedParts("hostObjects") ?? []).Select((lent, index) => ReadObject(lent.Key, lent.Value, index + 1))];

    private static LentObject ReadObject(string name, FixtureFields fields, int number)
    {
        var attributes = (fields.NamedValues("attributes") ?? []).Select(a => KeyValuePair.Create((MontyValue)a.Key, a.Value));
        var type = new MontyType(name, MontyTypeOrigin.Host, new Guid(number, 1, 0, new byte[8]));
        var instance = new MontyInstance(type, new Guid(number, 2, 0, new byte[8]), new MontyDict(attributes.ToEquatableArray()));
        return new LentObject(name, instance, (fields.Texts("methods") ?? []).ToHashSet());
    }

    private static FutureScript? ReadFutures(FixtureFields fields)
    {
        var (values, errors) = (fields.ValuesById("asyncResumeMap"), fields.TextsById("asyncErrorMap"));
        var order = fields.IdGroups("resolveOrder");
        if (values is null && errors is null)
        {
            return order is null ? null : throw fields.CreateException("'resolveOrder' needs 'asyncResumeMap' or 'asyncErrorMap'");
        }

        var outcomes = (values ?? new Dictionary<uint, MontyValue>()).ToDictionary(v => v.Key, v => MontyAnswer.Return(v.Value));
        foreach (var (id, text) in errors ?? new Dictionary<uint, string>())
        {
            outcomes[id] = MontyAnswer.Raise(AnswerError.Parse(text));
        }

        return new FutureScript(outcomes, order ?? []);
    }

    private static OsCallResponse ReadOsCall(FixtureFields fields)
    {
        var (operation, result, error) = (fields.Text("operation"), fields.Value("result"), fields.Text("error"));
        if (result is not null && error is not null)
        {
            throw fields.CreateException("an OS call has a result or an error, not both");
        }

        return new OsCallResponse(
            operation,
            error is not null ? MontyAnswer.Raise(AnswerError.Parse(error))
                : result is not null ? MontyAnswer.Return(result)
                : null
        );
    }
}
