using Monty.Interop;

namespace Monty.Host.Ladder.Fixtures;

/// <summary>Reads one fixture from its fields.</summary>
internal static class FixtureReader
{
    /// <exception cref="Cli.BadInputException">A field has the wrong shape, or two of them contradict each other.</exception>
    public static Fixture Read(FixtureFields fields)
    {
        var id = fields.Require(fields.SmallNumber("id"), "id");
        fields.Where += $", fixture {id}";
        fields.Flag("nativeOnly"); // all paths have futures
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
        return unknown.Count == 0
            ? fixture
            : fixture with
            {
                Skip = $"unknown field{(unknown.Count == 1 ? "" : "s")} {string.Join(", ", unknown)}",
            };
    }

    private static IReadOnlyList<FixtureStep> ReadSteps(FixtureFields fields, string code)
    {
        if (fields.Parts("replSteps") is { } steps)
        {
            // They would never be looked at: every step has its own.
            var lost = ExpectationReader.OfOneFeed.Append("typeCheckExpected").FirstOrDefault(fields.IsSet);
            if (lost is not null)
            {
                throw fields.CreateException($"'{lost}' says nothing beside 'replSteps'; put what you expect into the steps");
            }

            foreach (var name in ExpectationReader.OfOneFeed)
            {
                fields.Flag(name);
            }

            return [.. steps.Select(ReadStep)];
        }

        var (value, error) = (ExpectationReader.ReadValue(fields), ExpectationReader.ReadError(fields));
        return
        [
            new FixtureStep
            {
                Code = code,
                Value = value,
                Error = error,
            }.Checked(fields),
        ];
    }

    private static FixtureStep ReadStep(FixtureFields fields) =>
        new FixtureStep
        {
            Code = fields.Require(fields.Text("code"), "code"),
            Snapshot = fields.Flag("snapshot") ?? false,
            Continuation = fields.Text("continuation") switch
            {
                null => null,
                "complete" => Continuation.Complete,
                "open_bracket" => Continuation.OpenBracket,
                "open_string" => Continuation.OpenString,
                "open_block" => Continuation.OpenBlock,
                _ => throw fields.CreateException("'continuation' must be complete, open_bracket, open_string or open_block"),
            },
            Value = new ExpectedValue { Value = fields.Value("expected") },
            Error = new ExpectedError { Any = fields.Flag("expectError") ?? false, Contains = fields.Text("errorContains") },
        }.Checked(fields);

    private static FixtureStep Checked(this FixtureStep step, FixtureFields fields)
    {
        var (wantsError, wantsValue) = (step.Error.IsExpected, !step.Value.IsAnything);
        if (wantsError && wantsValue)
        {
            throw fields.CreateException("it expects a value and an error of the same feed; leave one of them away");
        }

        var isFed = step.Continuation is null or Continuation.Complete;
        return isFed || !(wantsError || wantsValue)
            ? step
            : throw fields.CreateException("a step that is not complete is not fed, so nothing can be expected of it");
    }

    private static Dictionary<string, MontyValue> ReadInputs(FixtureFields fields, IReadOnlyList<LentObject> objects)
    {
        var inputs = new Dictionary<string, MontyValue>(fields.NamedValues("inputs") ?? []);
        foreach (var lent in objects)
        {
            if (inputs.TryAdd(lent.Name, lent.Instance))
            {
                continue;
            }

            throw fields.CreateException($"'{lent.Name}' is an input and a host object; rename one of them");
        }

        return inputs;
    }

    /// <summary>The limits, by our names or dart_monty's.</summary>
    private static MontyLimits ReadLimits(FixtureFields fields)
    {
        if (fields.Part("limits") is not { } limits)
        {
            return MontyLimits.Default;
        }

        var milliseconds = Either(limits, limits.Number, "maxDurationMs", "timeout_ms");
        return new MontyLimits
        {
            MaxDuration = milliseconds is null ? null : TimeSpan.FromMilliseconds(milliseconds.Value),
            MaxMemoryBytes = Either(limits, limits.Number, "maxMemoryBytes", "memory_bytes"),
            MaxRecursionDepth = Either(limits, limits.SmallNumber, "maxRecursionDepth", "stack_depth"),
            MaxSuspensions = limits.SmallNumber("maxSuspensions"),
            GcInterval = limits.Number("gcInterval"),
        };
    }

    private static T? Either<T>(FixtureFields limits, Func<string, T?> read, string name, string otherName)
        where T : struct
    {
        var (first, second) = (read(name), read(otherName));
        return first is null || second is null
            ? first ?? second
            : throw limits.CreateException($"'{name}' and '{otherName}' are the same limit; leave one of them away");
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
