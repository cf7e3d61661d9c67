using Monty.Interop.Wire;
using Monty.Interop.Workers;
using Monty.Testing;
using Shouldly;
using Xunit;

namespace Monty.Interop.Tests.Wire;

/// <summary>The client refuses exactly the names that the runtime refuses. Each name is also sent to the runtime without the client's own check.</summary>
public sealed class RuntimeNamesTests(RuntimeFixture runtime) : IClassFixture<RuntimeFixture>
{
    /// <summary>Names that the runtime knows, that only CPython knows, and that neither knows, also in the forms of other kinds.</summary>
    private const string Candidates = """
        ArithmeticError AssertionError AttributeError BaseException BaseExceptionGroup BlockingIOError BrokenPipeError BufferError BytesWarning
        ChildProcessError ConnectionError Counter DeprecationWarning EOFError Ellipsis EncodingWarning EnvironmentError Error Exception
        ExceptionGroup Field FileExistsError FileNotFoundError FloatingPointError FrozenInstanceError FutureWarning GeneratorExit IOError
        ImportError IndentationError IndexError InterruptedError IsADirectoryError JSONDecodeError KeyError KeyboardInterrupt LookupError
        MemoryError ModuleNotFoundError NameError NoneType NotADirectoryError NotImplemented NotImplementedError NotImplementedType OSError
        OverflowError Path PatternError PermissionError PosixPath PurePosixPath RecursionError ReferenceError RuntimeError StopAsyncIteration
        StopIteration SyntaxError SystemError SystemExit TabError TimeoutError TypeError UnboundLocalError UnicodeDecodeError
        UnicodeEncodeError UnicodeError UnicodeTranslateError UnsupportedOperation UserWarning ValueError Warning ZeroDivisionError
        _DataclassParams __build_class__ __import__ _collections._deque_iterator _io.BufferedRandom _io.BufferedReader _io.BufferedWriter
        _io.BytesIO _io.TextIOWrapper abs aiter all anext any ascii asyncio.CancelledError bin binascii.Error binascii.Incomplete bool
        breakpoint builtin_function_or_method builtins.int bytearray bytes bytes_iterator callable callable_iterator cell chr class classmethod
        collections.Counter collections.OrderedDict collections.defaultdict collections.deque compile complex copyright coroutine
        dataclasses.Field dataclasses.FrozenInstanceError date datetime datetime.date datetime.datetime datetime.time datetime.timedelta
        datetime.timezone datetime.tzinfo defaultdict delattr deque dict dict_itemiterator dict_items dict_keyiterator dict_keys
        dict_reversekeyiterator dict_valueiterator dict_values dir divmod ellipsis enumerate eval exec exit filter float format frozenset
        function functools.partial functools.reduce gather generator getattr globals hasattr hash help hex id input int io.UnsupportedOperation
        isinstance issubclass iter iterator itertools.accumulate itertools.batched itertools.chain itertools.combinations itertools.compress
        itertools.count itertools.cycle itertools.dropwhile itertools.filterfalse itertools.groupby itertools.islice itertools.pairwise
        itertools.permutations itertools.product itertools.repeat itertools.starmap itertools.takewhile itertools.tee itertools.zip_longest
        json.JSONDecodeError json.decoder.JSONDecodeError len list list_iterator list_reverseiterator locals loads map mappingproxy max
        memoryview method min module namedtuple next nope object oct open ord partial pathlib.Path pathlib.PosixPath pow print property quit
        range range_iterator re.Match re.Pattern re.PatternError re.error repr reversed round set set_iterator setattr slice sorted sqrt
        staticmethod str str_ascii_iterator str_iterator sum super time timedelta timezone traceback tuple tuple_iterator type types.NoneType
        typing.Any typing.Union typing._SpecialForm vars zip
        """;

    /// <summary>An expression for each builtin class that a script can access.</summary>
    private const string EveryType = """
        import asyncio, base64, binascii, collections, dataclasses, datetime, functools, itertools, json, math, os, pathlib, re, sys, typing
        @dataclasses.dataclass
        class D: x: int
        def f(): pass
        async def g(): pass
        things = [None, True, 1, 2**70, 1.5, 'a', b'a', [], (), {}, set(), frozenset(), ..., NotImplemented, range(3), slice(1), len, print, int, f,
            g(), f.__class__ if hasattr(f, '__class__') else f, iter([]), iter(()), iter({}), iter(set()), iter('a'), iter('é'), iter(b''),
            iter(range(2)), {}.keys(), {}.values(), {}.items(), iter({}.values()), iter({}.items()), iter(collections.deque()),
            collections.deque(), collections.defaultdict(int), collections.Counter('a'), collections.namedtuple('N', 'a')(1),
            datetime.date(2024, 1, 1), datetime.time(1, 2), datetime.datetime(2024, 1, 1), datetime.timedelta(1), datetime.timezone.utc,
            pathlib.Path('a'), re.compile('a'), re.match('a', 'a'), sys, sys.stdout, sys.version_info, typing.Any, typing.Optional, typing.List,
            functools.partial(len), map(str, []), filter(None, []), zip(), enumerate([]), reversed([]), itertools.chain(), itertools.count(),
            itertools.cycle([]), itertools.repeat(1), itertools.islice([], 1), itertools.pairwise([]), itertools.starmap(pow, []),
            itertools.takewhile(len, []), itertools.dropwhile(len, []), itertools.filterfalse(len, []), itertools.compress([], []),
            itertools.accumulate([]), itertools.zip_longest([]), ValueError('a'), KeyError, object, property, type]
        [type(t) for t in things]
        """;

    public static TheoryData<string> Kinds => ["exception", "function", "class"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task The_client_refuses_exactly_the_names_that_the_runtime_refuses(string kind)
    {
        using var worker = StartWorker();
        string[] names = [.. Split(Candidates), .. Split(WhyRefused(kind, "nope")!.Split(": ")[^1].TrimEnd('.').Replace(",", ""))];

        foreach (var name in names.Distinct())
        {
            var taken = await IsTakenAsync(worker, new NamedValue { Name = "x", Value = EncodeUnchecked(kind, name) });
            taken.ShouldBe(WhyRefused(kind, name) is null, $"{kind} {name}");
        }
    }

    [Fact]
    public async Task Every_builtin_class_that_the_runtime_sends_can_be_sent_back()
    {
        using var session = await runtime.OpenAsync();

        var result = await session.FeedAsync(EveryType).InTime();

        var types = ((MontyList)result.Value).Items.OfType<MontyType>().Where(t => t.Origin == MontyTypeOrigin.Builtin).ToList();
        types.Count.ShouldBeGreaterThan(40);
        types.Select(t => WhyRefused("class", t.Name)).ShouldAllBe(reason => reason == null);
    }

    [Fact]
    public async Task An_input_may_have_exactly_the_names_that_the_runtime_accepts()
    {
        using var worker = StartWorker();

        foreach (var letter in Letters)
        {
            foreach (var name in new[] { char.ConvertFromUtf32(letter), "x" + char.ConvertFromUtf32(letter) })
            {
                var taken = await IsTakenAsync(worker, new NamedValue { Name = name, Value = ValueEncoder.Encode(1, 3) });
                taken.ShouldBe(RuntimeNames.IsIdentifier(name), $"{name}, U+{letter:X4}");
            }
        }
    }

    private static IEnumerable<int> Letters =>
        [
            .. Enumerable.Range(0x20, 0x3E0),
            .. Enumerable.Range(0xE30, 0x10),
            .. Enumerable.Range(0xEB0, 0x10),
            .. Enumerable.Range(0x1360, 0x20),
            .. Enumerable.Range(0x1880, 0x10),
            .. Enumerable.Range(0x19D0, 0x10),
            .. Enumerable.Range(0x2000, 0x190),
            .. Enumerable.Range(0x2E20, 0x10),
            .. Enumerable.Range(0x3000, 0x100),
            .. Enumerable.Range(0xFC50, 0x20),
            .. Enumerable.Range(0xFDF0, 0x90),
            .. Enumerable.Range(0xFF60, 0x40),
            .. Enumerable.Range(0x1D400, 0x40),
            0x1F600,
        ];

    private static string[] Split(string names) => names.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);

    private static WorkerConnection StartWorker()
    {
        var worker = new WorkerConnection(WorkerProcess.Start(RuntimeLocator.Find(null)), TimeProvider.System, 1 << 20);
        worker.EnqueueForOk(FeedEncoder.EncodeSetUp(SessionOptions.Default, withLimits: false));
        return worker;
    }

    private static async Task<bool> IsTakenAsync(WorkerConnection worker, NamedValue input)
    {
        worker.Enqueue(
            new ParentRequest
            {
                Feed = new Feed { Code = "1", Inputs = { input } },
            }
        );
        var reply = await worker.ReceiveAsync(null, TestTimeouts.Generous, TestContext.Current.CancellationToken);
        return worker.Decode(reply, new FeedNames(), out _) is MontyComplete;
    }

    private static MontyObject EncodeUnchecked(string kind, string name) =>
        kind switch
        {
            "function" => new MontyObject { BuiltinFunction = name },
            "class" => new MontyObject
            {
                Type = new Interop.Wire.Type { Name = name, Origin = (uint)MontyTypeOrigin.Builtin },
            },
            _ => new MontyObject { Exception = new ExceptionObject { ExcType = name } },
        };

    private static string? WhyRefused(string kind, string name)
    {
        MontyValue value = kind switch
        {
            "function" => new MontyBuiltin(name),
            "class" => new MontyType(name, MontyTypeOrigin.Builtin),
            _ => new MontyExceptionObject(name),
        };
        try
        {
            ValueEncoder.Encode(value, 3);
            return null;
        }
        catch (ArgumentException refused)
        {
            return refused.Message;
        }
    }
}
