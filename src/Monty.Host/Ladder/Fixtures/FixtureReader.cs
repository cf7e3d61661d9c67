using Monty.Interop;

namespace Monty.Host.Ladder.Fixtures;

/// <summary>Reads one fixture from its fields.</summary>
internal static class FixtureReader
{
    /// <exception cref="Cli.BadInputException">A field has the wrong shape, or two of them contradict each other.</exception>
    public static Fixture Read(FixtureFields fields)
    {
        var id = fields.Require(fields.SmallNumber("id"), "id");
        fields.Location += $", fixture {id}";
        fields.Flag("nativeOnly"); // The field has no effect, because all paths support futures.
        var objects = HostScriptReader.ReadObjects(fields);
        var code = fields.Require(fields.Text("code"), "code");
        var steps = ReadSteps(fields, code);
        var fixture = new Fixture
        {
            Id = id,
            Tier = fields.Require(fields.SmallNumber("tier"), "tier"),
            Name = fields.Require(fields.Text("name"), "name"),
            Xfail = fields.Text("xfail"),
            ScriptName = fields.Text("scriptName") ?? "main.py",
            Limits = ReadLimits(fields),
            Inputs = ReadInputs(fields, objects),
            Host = HostScriptReader.Read(fields, objects),
            Steps = steps,
            TypeCheck = ReadTypeCheck(fields),
            Calls = ExpectationReader.ReadCalls(fields),
            PrintLines = fields.Texts("expectedPrintLines"),
        };
        var unknown = fields.Unread.ToList();
        var skip = unknown.Count == 0 ? null : $"unknown field{(unknown.Count == 1 ? "" : "s")} {string.Join(", ", unknown)}";
        return fixture with { Skip = skip };
    }

    private static IReadOnlyList<FixtureStep> ReadSteps(FixtureFields fields, string code)
    {
        if (fields.Parts("replSteps") is { } steps)
        {
            // Every step has its own expectations, so expectations beside the steps would never be checked.
            var unused = ExpectationReader.FeedFields.Append("typeCheckExpected").FirstOrDefault(fields.IsSet);
            if (unused is not null)
            {
                throw fields.CreateException($"'{unused}' has no effect beside 'replSteps'; move the expectation into a step");
            }

            foreach (var name in ExpectationReader.FeedFields)
            {
                fields.Flag(name);
            }

            return [.. steps.Select(ReadStep)];
        }

        var step = new FixtureStep
        {
            Code = code,
            Value = ExpectationReader.ReadValue(fields),
            Error = ExpectationReader.ReadError(fields),
        };
        Validate(step, fields);
        return [step];
    }

    private static FixtureStep ReadStep(FixtureFields fields)
    {
        var step = new FixtureStep
        {
            Code = fields.Require(fields.Text("code"), "code"),
            Snapshot = fields.Flag("snapshot") ?? false,
            Continuation = ReadContinuation(fields),
            Value = new ExpectedValue { Value = fields.Value("expected") },
            Error = new ExpectedError { Any = fields.Flag("expectError") ?? false, Contains = fields.Text("errorContains") },
        };
        Validate(step, fields);
        return step;
    }

    private static Continuation? ReadContinuation(FixtureFields fields) =>
        fields.Text("continuation") switch
        {
            null => null,
            "complete" => Continuation.Complete,
            "open_bracket" => Continuation.OpenBracket,
            "open_string" => Continuation.OpenString,
            "open_block" => Continuation.OpenBlock,
            _ => throw fields.CreateException("'continuation' must be complete, open_bracket, open_string or open_block"),
        };

    private static void Validate(FixtureStep step, FixtureFields fields)
    {
        var expectsError = step.Error.IsExpected;
        var expectsValue = !step.Value.IsAnything;
        if (expectsError && expectsValue)
        {
            throw fields.CreateException("a feed cannot have both a value and an error; remove one of the expectations");
        }

        var isComplete = step.Continuation is null or Continuation.Complete;
        if (!isComplete && (expectsError || expectsValue))
        {
            throw fields.CreateException("an incomplete step is not fed, so it has no result; remove the expectation");
        }
    }

    private static Dictionary<string, MontyValue> ReadInputs(FixtureFields fields, IReadOnlyList<FixtureHostObject> objects)
    {
        var inputs = new Dictionary<string, MontyValue>(fields.NamedValues("inputs") ?? []);
        foreach (var hostObject in objects)
        {
            if (!inputs.TryAdd(hostObject.Name, hostObject.Instance))
            {
                throw fields.CreateException($"'{hostObject.Name}' is both an input and a host object; rename one of them");
            }
        }

        return inputs;
    }

    /// <summary>Reads the limits, which may have the names of this project or those of dart_monty.</summary>
    private static MontyLimits ReadLimits(FixtureFields fields)
    {
        if (fields.Part("limits") is not { } limits)
        {
            return MontyLimits.Default;
        }

        var milliseconds = ReadEither(limits, limits.Number, "maxDurationMs", "timeout_ms");
        return new MontyLimits
        {
            MaxDuration = milliseconds is null ? null : TimeSpan.FromMilliseconds(milliseconds.Value),
            MaxMemoryBytes = ReadEither(limits, limits.Number, "maxMemoryBytes", "memory_bytes"),
            MaxRecursionDepth = ReadEither(limits, limits.SmallNumber, "maxRecursionDepth", "stack_depth"),
            MaxSuspensions = limits.SmallNumber("maxSuspensions"),
            GcInterval = limits.Number("gcInterval"),
        };
    }

    private static T? ReadEither<T>(FixtureFields limits, Func<string, T?> read, string name, string otherName)
        where T : struct
    {
        var first = read(name);
        var second = read(otherName);
        return first is null || second is null
            ? first ?? second
            : throw limits.CreateException($"'{name}' and '{otherName}' are the same limit; remove one of them");
    }

    private static ExpectedTypeCheck? ReadTypeCheck(FixtureFields fields)
    {
        if (fields.Part("typeCheckExpected") is not { } check)
        {
            return null;
        }

        var hasErrors = check.Require(check.Flag("hasErrors"), "hasErrors");
        return new ExpectedTypeCheck(hasErrors, check.TextOrTexts("contains") ?? [], check.Text("stubs") ?? "");
    }
}
