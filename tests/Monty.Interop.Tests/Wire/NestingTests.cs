using Google.Protobuf;
using Monty.Interop.Wire;
using Monty.Interop.Workers;
using Monty.Testing;
using Shouldly;
using Xunit;

namespace Monty.Interop.Tests.Wire;

/// <summary>On each way into the sandbox, the client refuses exactly the nesting depths that the runtime refuses.</summary>
public sealed class NestingTests(RuntimeFixture runtime) : IClassFixture<RuntimeFixture>
{
    private static readonly Guid ClassId = Guid.NewGuid();
    private static readonly Guid InstanceId = Guid.NewGuid();

    private static readonly Dictionary<string, Func<MontyValue, MontyValue>> Wrappers = new()
    {
        ["list"] = v => new MontyList([v]),
        ["tuple"] = v => new MontyTuple([v]),
        ["namedtuple"] = v => new MontyNamedTuple("N", [new("f", v)]),
        ["dict value"] = v => new MontyDict([new("k", v)]),
        ["frozenset"] = v => new MontyFrozenSet([v]),
        ["attribute"] = v => new MontyInstance(new MontyType("C", MontyTypeOrigin.Host, ClassId), InstanceId, new MontyDict([new("a", v)])),
        ["class attribute"] = v => new MontyType("C", MontyTypeOrigin.Host, ClassId, Attributes: new MontyDict([new("a", v)])),
    };

    private static readonly Dictionary<string, MontyValue> Leaves = new()
    {
        ["int"] = 1,
        ["None"] = MontyValue.None,
        ["big int"] = System.Numerics.BigInteger.Pow(2, 70),
        ["empty list"] = new MontyList([]),
        ["empty dict"] = MontyDict.Empty,
        ["date"] = new MontyDate(2024, 1, 1),
        ["builtin type"] = new MontyType("int", MontyTypeOrigin.Builtin),
        ["host type"] = new MontyType("C", MontyTypeOrigin.Host, ClassId),
        ["instance"] = new MontyInstance(new MontyType("C", MontyTypeOrigin.Host, ClassId), InstanceId, MontyDict.Empty),
        ["function"] = new MontyFunction("f"),
    };

    public static TheoryData<CrossingPath, string, string> Cases
    {
        get
        {
            var cases = new TheoryData<CrossingPath, string, string>();
            foreach (var path in Enum.GetValues<CrossingPath>())
            {
                foreach (var wrapper in Wrappers.Keys.Where(w => w != "class attribute"))
                {
                    cases.Add(path, wrapper, "int");
                }

                foreach (var leaf in Leaves.Keys.Where(l => l != "int"))
                {
                    cases.Add(path, "list", leaf);
                }

                cases.Add(path, "class attribute", "int");
            }

            return cases;
        }
    }

    [Theory]
    [InlineData(CrossingPath.Input, "list", 48)]
    [InlineData(CrossingPath.Input, "dict value", 32)]
    [InlineData(CrossingPath.Input, "attribute", 24)]
    [InlineData(CrossingPath.CallAnswer, "list", 48)]
    [InlineData(CrossingPath.NameAnswer, "list", 49)]
    [InlineData(CrossingPath.FutureAnswer, "list", 48)]
    [InlineData(CrossingPath.AsyncCallAnswer, "list", 47)]
    [InlineData(CrossingPath.AsyncFutureAnswer, "list", 47)]
    public void The_maximum_depth_is_as_documented(CrossingPath path, string wrapper, int expected) =>
        FindMaxDepth(path, wrapper, "int").ShouldBe(expected);

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task The_runtime_accepts_the_deepest_value_that_the_client_sends_and_no_deeper_one(
        CrossingPath path,
        string wrapper,
        string leaf
    )
    {
        var maxDepth = FindMaxDepth(path, wrapper, leaf);
        using var session = await runtime.OpenAsync();

        await Crossing.SendAsync(session, path, Nest(wrapper, leaf, maxDepth)).InTime(); // throws when the runtime refuses the value
        var tooDeep = Crossing.EncodeUnchecked(path, Nest(wrapper, leaf, maxDepth + 1));

        (await SendToRuntimeAsync(path, tooDeep)).ShouldContain(
            "recursion limit reached",
            customMessage: $"the client refuses {maxDepth + 1} levels, which the runtime accepts"
        );
    }

    [Fact]
    public void Extreme_nesting_is_refused_without_overflowing_the_stack()
    {
        foreach (var wrapper in Wrappers.Keys)
        {
            var value = Nest(wrapper, "int", 100_000);
            Should.Throw<ArgumentException>(() => ValueEncoder.Encode(value, 3), wrapper);
            Should.Throw<ArgumentException>(() => ValueEncoder.Encode(new MontySet([value]), 3), wrapper + " in a set");
            Should.Throw<ArgumentException>(() => ValueEncoder.Encode(new MontyDict([new(value, 1)]), 3), wrapper + " as a key");
        }
    }

    [Theory]
    [InlineData("[{0}]", 48)]
    [InlineData("{{'k': {0}}}", 32)]
    [InlineData("A({0})", 24)]
    public async Task The_deepest_result_and_argument_that_the_runtime_sends_are_decoded(string wrapper, int maxDepth)
    {
        const string Definition = "class A:\n    def __init__(self, a): self.a = a\n";
        var code = "1";
        for (var i = 0; i < maxDepth; i++)
        {
            code = string.Format(System.Globalization.CultureInfo.InvariantCulture, wrapper, code);
        }

        using var session = await runtime.OpenAsync();

        (await session.StartAsync($"{Definition}{code}").InTime()).ShouldBeOfType<MontyComplete>();
        (await session.StartAsync($"f({code})").InTime()).ShouldBeOfType<MontyFunctionCall>();
    }

    [Fact]
    public async Task A_result_that_is_too_deep_ends_only_its_feed()
    {
        using var session = await runtime.OpenAsync();

        var failed = (await session.StartAsync("x = 1\nfor i in range(60): x = [x]\nx").InTime()).ShouldBeOfType<MontyFailed>();

        (failed.Origin, failed.Error.Message).ShouldBe((FailureOrigin.Runtime, "Max output depth exceeded"));
        (await session.FeedAsync("1 + 1").InTime()).Value.ShouldBe(2);
    }

    private static MontyValue Nest(string wrapper, string leaf, int levels)
    {
        var value = Leaves[leaf];
        for (var i = 0; i < levels; i++)
        {
            value = Wrappers[wrapper](value);
        }

        return value;
    }

    private static int FindMaxDepth(CrossingPath path, string wrapper, string leaf)
    {
        for (var levels = 1; ; levels++)
        {
            try
            {
                Encode(path, Nest(wrapper, leaf, levels));
            }
            catch (ArgumentException)
            {
                return levels - 1;
            }
        }
    }

    private static void Encode(CrossingPath path, MontyValue value) =>
        _ = path switch
        {
            CrossingPath.Input => FeedEncoder.Encode("x", new Dictionary<string, MontyValue> { ["x"] = value }),
            CrossingPath.CallAnswer => AnswerEncoder.Encode(new MontyFunctionCall("f", [], [], 0), MontyAnswer.Return(value)),
            CrossingPath.NameAnswer => AnswerEncoder.Encode(new MontyNameLookup("n"), MontyAnswer.Return(value)),
            CrossingPath.AsyncCallAnswer => AnswerEncoder.Encode(new MontyFunctionCall("f", [], [], 0), MontyAnswer.Return(value), [0]),
            _ => AnswerEncoder.Encode(
                new MontyResolveFutures([0]),
                MontyAnswer.Resolve(new Dictionary<uint, MontyAnswer> { [0] = MontyAnswer.Return(value) }),
                path == CrossingPath.AsyncFutureAnswer ? [0] : []
            ),
        };

    /// <summary>Sends a request to a new worker and returns its error message. The runtime answers a malformed request in every state.</summary>
    private static async Task<string> SendToRuntimeAsync(CrossingPath path, ParentRequest request)
    {
        using var worker = new WorkerConnection(WorkerProcess.Start(RuntimeLocator.Find(null)), TimeProvider.System, 1 << 20);
        worker.Enqueue(request);
        var reply = await worker.ReceiveAsync(null, null, CancellationToken.None).InTime();
        reply.KindCase.ShouldBe(ChildEvent.KindOneofCase.Error, path.ToString());
        return reply.Read(Error.Parser).Exception.Message;
    }
}
