using FsCheck;
using FsCheck.Fluent;
using Monty.Interop.Tests.Values;
using Monty.Interop.Wire;
using Monty.Testing;
using Shouldly;
using Xunit;

namespace Monty.Interop.Tests.Wire;

/// <summary>Values that the runtime would not accept are refused before they are sent, with a message that names an alternative. The feed and the session continue.</summary>
public sealed class RefusalTests(RuntimeFixture runtime) : IClassFixture<RuntimeFixture>
{
    private const string Lone = "a\uD800b";
    private static readonly Guid Id = Guid.NewGuid();

    public static TheoryData<string, MontyValue> Refused =>
        new()
        {
            { "lone surrogate", new MontyStr(Lone) },
            { "lone surrogate", new MontyStr("\uDC00") },
            { "lone surrogate", new MontyStr("\uD83D") },
            { "lone surrogate", new MontyDict([new(Lone, 1)]) },
            { "lone surrogate", new MontyFunction(Lone) },
            { "lone surrogate", new MontyFunction("f", Lone) },
            { "lone surrogate", new MontyPath(Lone) },
            { "lone surrogate", new MontyFileHandle(Lone, "r") },
            { "lone surrogate", new MontyExceptionObject("ValueError", Lone) },
            { "lone surrogate", new MontyNamedTuple(Lone, []) },
            { "lone surrogate", new MontyNamedTuple("N", [new(Lone, 1)]) },
            { "lone surrogate", new MontyType(Lone, MontyTypeOrigin.Host, Id) },
            { "lone surrogate", new MontyTimeZone(0, Lone) },
            { "lone surrogate", new MontyTime(1, 2, OffsetSeconds: 0, TimeZoneName: Lone) },
            { "lone surrogate", new MontyDateTime(2024, 1, 1, OffsetSeconds: 0, TimeZoneName: Lone) },
            { "lone surrogate", new MontyInstance(new MontyType("C", MontyTypeOrigin.Host, Id), Id, new MontyDict([new(Lone, 1)])) },
            { "unhashable type: 'list'", new MontySet([new MontyList([])]) },
            { "unhashable type: 'dict'", new MontySet([MontyDict.Empty]) },
            { "unhashable type: 'set'", new MontyFrozenSet([new MontySet([])]) },
            { "unhashable type: 'list'", new MontyDict([new(new MontyList([]), 1)]) },
            { "unhashable type: 'list'", new MontyDict([new(new MontyTuple([1, new MontyTuple([new MontyList([])])]), 1)]) },
            { "unhashable type: 'set'", new MontySet([new MontyNamedTuple("N", [new("f", new MontySet([]))])]) },
            { "unhashable type: 'ValueError'", new MontySet([new MontyExceptionObject("ValueError", "a")]) },
            { "unhashable type: 'TextIOWrapper'", new MontySet([new MontyFileHandle("/a", "r")]) },
            {
                "unhashable type: 'C'",
                new MontyDict([new(new MontyInstance(new MontyType("C", MontyTypeOrigin.Host, Id), Id, MontyDict.Empty), 1)])
            },
            { "The month must be between 1 and 12", new MontyDate(2024, 13, 1) },
            { "The day must be between 1 and 29", new MontyDate(2024, 2, 30) },
            { "The day must be between 1 and 28", new MontyDate(2023, 2, 29) },
            { "The year must be between 1 and 9999", new MontyDate(0, 1, 1) },
            { "The hour must be between 0 and 23", new MontyTime(24, 0) },
            { "The second must be between 0 and 59", new MontyDateTime(2024, 1, 1, 0, 0, 60) },
            { "The fold must be between 0 and 1", new MontyTime(1, 0, Fold: 2) },
            { "between -86399 and 86399", new MontyTimeZone(86_400) },
            { "between -86399 and 86399", new MontyDateTime(2024, 1, 1, OffsetSeconds: -86_400) },
            { "without an offset", new MontyTime(1, 0, TimeZoneName: "Z") },
            { "The days of a timedelta", new MontyTimeDelta(1_000_000_000) },
            { "The seconds of a timedelta", new MontyTimeDelta(0, -1) },
            { "The microseconds of a timedelta", new MontyTimeDelta(0, 0, 1_000_000) },
            { "does not know the exception type 'OSErr'", new MontyExceptionObject("OSErr") },
            { "does not know the exception type 'null'", new MontyExceptionObject(null!) },
            { "does not know the builtin function 'nope'", new MontyBuiltin("nope") },
            { "does not know the builtin function 'int'", new MontyBuiltin("int") },
            { "does not know the builtin function", new MontyBuiltin(Lone) },
            { "does not know the builtin class 'Foo'", new MontyType("Foo", MontyTypeOrigin.Builtin) },
            { "does not know the builtin class 'deque'", new MontyType("deque", MontyTypeOrigin.Builtin) },
            { "does not know the file mode 'r+'", new MontyFileHandle("/a", "r+") },
            { "must be a non-negative value", new MontyFileHandle("/a", "r", -1) },
            { "has only a repr, which cannot be converted back", new MontyRepr("<function f>") },
            { "stands for a container that contains itself", new MontyList([new MontyCycle(1, "[...]")]) },
            { "has an id", new MontyType("int", MontyTypeOrigin.Builtin, Id) },
            { "has attributes", new MontyType("int", MontyTypeOrigin.Builtin, Attributes: MontyDict.Empty) },
            { "has no id", new MontyType("C", MontyTypeOrigin.Host) },
            { "has the unknown origin 0", new MontyType("C", default, Id) },
            { "cannot be sent as a MontyInstance", new MontyInstance(new MontyType("int", MontyTypeOrigin.Builtin), Id, MontyDict.Empty) },
            {
                "The name of an attribute is the int 1. Use a str.",
                new MontyInstance(new MontyType("C", MontyTypeOrigin.Host, Id), Id, new MontyDict([new(1, 1)]))
            },
            { "A value is null", new MontyList([null!]) },
        };

    /// <summary>One value of each kind, to be used as a set member and as a dict key.</summary>
    public static TheoryData<MontyValue> ValuesOfEachKind =>
        new([
            MontyValue.None,
            MontyEllipsis.Instance,
            MontyNotImplemented.Instance,
            true,
            1,
            1.5,
            "a",
            new MontyBytes(new byte[] { 1 }),
            new MontyList([]),
            new MontyTuple([1]),
            new MontyNamedTuple("N", [new("f", 1)]),
            MontyDict.Empty,
            new MontySet([]),
            new MontyFrozenSet([1]),
            new MontyDate(2024, 1, 1),
            new MontyTime(1, 0),
            new MontyTime(1, 0, OffsetSeconds: 5),
            new MontyDateTime(2024, 1, 1),
            new MontyTimeDelta(1),
            new MontyTimeZone(60),
            new MontyExceptionObject("ValueError", "a"),
            new MontyType("int", MontyTypeOrigin.Builtin),
            new MontyType("C", MontyTypeOrigin.Host, Id),
            new MontyInstance(new MontyType("C", MontyTypeOrigin.Host, Id), Id, MontyDict.Empty),
            new MontyInstance(new MontyType("C", MontyTypeOrigin.Host, Id, IsDataclass: true), Id, new MontyDict([new("a", 1)])),
            new MontyFunction("f"),
            new MontyBuiltin("len"),
            new MontyPath("/a"),
            new MontyFileHandle("/a", "r"),
        ]);

    [Theory]
    [MemberData(nameof(Refused), DisableDiscoveryEnumeration = true)]
    public async Task Values_that_the_runtime_would_refuse_are_refused_on_every_way_and_the_session_continues(
        string reason,
        MontyValue value
    )
    {
        using var session = await runtime.OpenAsync();
        foreach (var path in Enum.GetValues<CrossingPath>())
        {
            var refused = await Should.ThrowAsync<ArgumentException>(
                () => Crossing.SendAsync(session, path, value).InTime(),
                path.ToString()
            );

            refused.Message.ShouldContain(reason, customMessage: path.ToString());
            if (session.Pending is { } waiting)
            {
                var corrected =
                    waiting is MontyResolveFutures
                        ? MontyAnswer.Resolve(new Dictionary<uint, MontyAnswer> { [0] = MontyAnswer.Return(1) })
                        : MontyAnswer.Return(1);
                (await session.AnswerAsync(waiting, corrected).InTime()).ShouldBeOfType<MontyComplete>().Value.ShouldBe(1);
            }

            (await session.FeedAsync("40 + 2").InTime()).Value.ShouldBe(42);
            await session.ResetAsync(TestContext.Current.CancellationToken);
        }
    }

    [Theory]
    [InlineData("x y")]
    [InlineData("")]
    [InlineData("1x")]
    [InlineData("class")]
    [InlineData("None")]
    [InlineData("x-y")]
    [InlineData("x\0")]
    [InlineData("😀")]
    public async Task An_input_whose_name_is_not_an_identifier_is_refused(string name)
    {
        using var session = await runtime.OpenAsync();

        var refused = await Should.ThrowAsync<ArgumentException>(() => session.FeedAsync("1", Input(name, 1)));

        refused.Message.ShouldContain($"The input name '{name}' is not a Python identifier");
        (await session.FeedAsync("40 + 2").InTime()).Value.ShouldBe(42);
    }

    [Theory]
    [InlineData("x")]
    [InlineData("_")]
    [InlineData("été")]
    [InlineData("日本")]
    [InlineData("match")]
    [InlineData("x1")]
    public async Task An_input_whose_name_is_an_identifier_is_bound(string name)
    {
        using var session = await runtime.OpenAsync();

        (await session.FeedAsync(name, Input(name, 42)).InTime()).Value.ShouldBe(42);
    }

    [Fact]
    public async Task The_error_names_the_input()
    {
        using var session = await runtime.OpenAsync();

        var refused = await Should.ThrowAsync<ArgumentException>(() => session.FeedAsync("1", Input("data", new MontyRepr("r"))));

        refused.Message.ShouldStartWith("The input 'data' cannot be sent: ");
    }

    [Theory]
    [MemberData(nameof(ValuesOfEachKind), DisableDiscoveryEnumeration = true)]
    public async Task A_set_member_or_dict_key_that_the_runtime_cannot_hash_is_refused_by_the_client(MontyValue member)
    {
        using var session = await runtime.OpenAsync();
        foreach (
            var container in new MontyValue[]
            {
                new MontySet([member]),
                new MontyFrozenSet([new MontyTuple([member])]),
                new MontyDict([new(member, 1)]),
            }
        )
        {
            try
            {
                (await session.StartAsync("x", Input("x", container)).InTime()).ShouldBeOfType<MontyComplete>(
                    $"{container} was sent and ended the feed"
                );
            }
            catch (ArgumentException refused)
            {
                refused.Message.ShouldContain("unhashable type", customMessage: container.ToString());
            }
        }
    }

    [Fact]
    public async Task The_runtime_can_decode_everything_that_the_client_sends()
    {
        using var pool = new MontyPool();
        using var session = await pool.OpenSessionAsync(cancellationToken: TestContext.Current.CancellationToken);
        Prop.ForAll(MontyValueGenerator.Arbitrary, SendOrRefuse).Check(Config.QuickThrowOnFailure.WithMaxTest(300));

        void SendOrRefuse(MontyValue value)
        {
            try
            {
                var sending = session.StartAsync("x", Input("x", value)).AsTask();
                var progress = sending.WaitAsync(TestTimeouts.Generous).GetAwaiter().GetResult();
                if (progress is MontyFailed failed)
                {
                    failed.Error.Message.ShouldNotBeNull().ShouldContain("no longer exists", customMessage: $"{value} ended the feed");
                }
                else
                {
                    progress.ShouldBeOfType<MontyComplete>();
                }
            }
            catch (ArgumentException refused)
            {
                refused.Message.ShouldNotStartWith("The runtime refused", customMessage: $"{value} was sent");
            }
        }
    }

    private static FeedOptions Input(string name, MontyValue value) =>
        new() { Inputs = new Dictionary<string, MontyValue> { [name] = value } };
}
