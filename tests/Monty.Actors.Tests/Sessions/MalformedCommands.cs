using System.Numerics;
using Monty.Interop;

namespace Monty.Actors.Tests.Sessions;

/// <summary>
/// Commands that an attacker or a mistake could create, with null members, text that UTF-8 cannot encode, and values of any size and depth.
/// </summary>
internal sealed class MalformedCommands(Decisions decisions, MontyValue generated, SessionState state)
{
    private static readonly string[] Texts =
    [
        null!,
        "",
        " ",
        "go",
        "feed",
        "\ud800",
        "a\udc00b",
        "\0",
        "😀",
        new string('x', 129),
        new string('y', 2000),
        "f\ud800",
    ];

    private static readonly MontyValue[] Values =
    [
        null!,
        "value",
        "\ud800",
        new MontyInt(BigInteger.One << 100_000),
        Nested(48),
        Nested(60),
        Nested(20_000),
        new MontyList([null!]),
        new MontyDict([new(null!, 1)]),
        new MontyDict([new("a", null!)]),
        new MontyDict([new(new MontyList([]), 1)]),
        new MontyBytes(default),
        new MontyDate(0, 13, 40),
        new MontyRepr(null!),
        new MontyCycle(1, null!),
        new MontyNamedTuple(null!, [new(null!, null!)]),
        new MontyInstance(null!, default, null!),
        new MontyType(null!, 0),
        new MontyFunction(null!),
        new MontyFileHandle(null!, null!, -1),
        new MontyExceptionObject(null!),
        new MontyPath("\udfff"),
        new MontyBuiltin(null!),
        new MontyTimeZone(int.MaxValue),
        new MontySet([new MontySet([])]),
    ];

    public SessionCommand Next() =>
        decisions.Below(9) switch
        {
            0 => new OpenCommand(
                Id(),
                decisions.OneIn(4)
                    ? null!
                    : new SessionSetup
                    {
                        ScriptName = Text(),
                        Limits = Limits(),
                        Labels = Labels(),
                    }
            ),
            1 or 2 => new FeedCommand(Id(), Text(), Inputs(), decisions.OneIn(2) ? null : Text()),
            3 or 4 => new AnswerCommand(Id(), state.FeedCount, state.Feed?.Calls.Keys.LastOrDefault() ?? 0, Answer()),
            5 => new SignalCommand(Id(), Text(), Value()),
            6 => new CancelCommand(Id(), Text()),
            7 => new ReleaseCommand(Id(), decisions.OneIn(2)),
            _ => new CloseCommand(Id()),
        };

    private string Id() => decisions.OneIn(3) ? Text() : $"id{decisions.Below(1000)}";

    private string Text() => decisions.Of(Texts);

    private MontyValue Value() => decisions.OneIn(2) ? generated : decisions.Of(Values);

    private MontyLimits Limits() =>
        decisions.Below(4) switch
        {
            0 => null!,
            1 => new MontyLimits
            {
                MaxDuration = TimeSpan.MaxValue,
                MaxMemoryBytes = long.MaxValue,
                MaxSuspensions = 0,
            },
            2 => new MontyLimits { MaxRecursionDepth = -1 },
            _ => MontyLimits.Default,
        };

    private EquatableArray<string> Labels() =>
        decisions.Below(3) switch
        {
            0 => default,
            1 => [Text()],
            _ => ["a", "a"],
        };

    private EquatableArray<KeyValuePair<string, MontyValue>> Inputs() =>
        decisions.Below(4) switch
        {
            0 => default,
            1 => [new(Text(), Value())],
            2 => [new("n", Value())],
            _ => [new("n", 1), new("n", 2)],
        };

    private MontyAnswer Answer() =>
        decisions.Below(7) switch
        {
            0 => null!,
            1 => MontyAnswer.Future,
            2 => MontyAnswer.Raise(new PythonError(Text(), Text())),
            3 => new RaiseAnswer(null!),
            4 => MontyAnswer.Raise(
                new PythonError(
                    "ValueError",
                    Text(),
                    decisions.OneIn(2) ? default : [new PythonFrame(Text(), default, default, Text(), null, false, false)]
                )
            ),
            5 => MontyAnswer.Raise(
                new PythonError(
                    "UnicodeDecodeError",
                    null,
                    default,
                    decisions.OneIn(2) ? new UnicodeErrorData(Text(), Value(), -1, 2, Text()) : new JsonErrorData(Text(), Text(), 1, 2, 3)
                )
            ),
            _ => MontyAnswer.Return(Value()),
        };

    private static MontyValue Nested(int depth)
    {
        MontyValue value = 1;
        for (var i = 0; i < depth; i++)
        {
            value = new MontyList([value]);
        }

        return value;
    }
}
