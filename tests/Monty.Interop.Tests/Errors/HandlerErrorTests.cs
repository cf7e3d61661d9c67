using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using Monty.Interop.Tests.HostObjects;
using Monty.Testing;
using Shouldly;
using Xunit;

namespace Monty.Interop.Tests.Errors;

/// <summary>The text of a C# exception may contain a password, a path or a host name. The script sees only the Python type and the name of the tool that failed; the host sees the exception.</summary>
public sealed class HandlerErrorTests(RuntimeFixture runtime) : IClassFixture<RuntimeFixture>
{
    private const string Secret = "Password=hunter2";
    private static readonly InvalidOperationException Thrown = new(Secret);

    /// <summary>The ways in which a script runs the host's own code, the script that does so, and the message that the script may see.</summary>
    public static TheoryData<string, string, string> Ways =>
        new()
        {
            { "sync tool", "price()", "the tool 'price' failed" },
            { "async tool that fails at once", "await price_at_once()", "the tool 'price_at_once' failed" },
            { "async tool that fails later", "await price_later()", "the tool 'price_later' failed" },
            {
                "async tool in a gather",
                "import asyncio\nawait asyncio.gather(price_later(), price_later())",
                "the tool 'price_later' failed"
            },
            { "reflected tool", "order(1)", "the tool 'order' failed" },
            { "items of a result", "lines()", "the tool 'lines' failed" },
            { "property of a result", "receipt()", "the tool 'receipt' failed" },
            { "constructor of a record", "Receipt(-1)", "the tool 'Receipt' failed" },
            { "constructor of a record, by its type", "R = Receipt\nR(-1)", "the constructor of 'Receipt' failed" },
            { "constructor of a record, for an argument", "send({'number': -1})", "the tool 'send' failed" },
            { "attribute", "account.broken", "the attribute 'broken' failed" },
            { "method", "account.deposit(-1)", "the method 'deposit' failed" },
            { "async method", "await account.settle()", "the method 'settle' failed" },
            { "method that was kept", "f = account.deposit\nf(-1)", "the method 'deposit' failed" },
            { "constructor of a class", "Account('')", "the tool 'Account' failed" },
            { "constructor of a class, by its type", "A = Account\nA('')", "the constructor of 'Account' failed" },
            { "OnUnknownCall", "unknown()", "the tool 'unknown' failed" },
            { "OnUnknownCall for a method", "other.unknown()", "the method 'unknown' failed" },
            { "OnOsCall", "import os\nos.getenv('HOME')", "the OS call failed" },
            { "Os", "import datetime\ndatetime.date.today()", "the OS call failed" },
            { "Names", "secret_name", "the name 'secret_name' could not be read" },
        };

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task The_script_sees_a_Python_type_and_a_neutral_text_and_the_host_sees_the_exception(string way, string code, string text)
    {
        var seen = new List<(MontySuspension At, Exception Exception)>();

        var raised = await RaiseAsync(code, new FeedOptions { OnHandlerError = (at, exception) => seen.Add((at, exception)) });

        raised.ShouldBe($"RuntimeError: {text}", way);
        seen.ShouldNotBeEmpty(way);
        seen.ShouldAllBe(s => ReferenceEquals(s.Exception, Thrown), way);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task A_host_that_asks_for_it_shows_the_exception_to_the_script(string way, string code, string text) =>
        (await RaiseAsync(code, new FeedOptions { ShowHandlerErrors = true })).ShouldBe(
            $"RuntimeError: {text}: InvalidOperationException: {Secret}",
            way
        );

    [Fact]
    public async Task An_exception_that_the_script_keeps_takes_no_text_of_the_host_into_a_dump()
    {
        using var session = await runtime.OpenAsync();
        var feed = new FeedOptions { Tools = [MontyTool.Sync("price", MontyValue (_) => throw Thrown)] };
        await session.FeedAsync("try:\n    price()\nexcept Exception as e:\n    kept = [e, repr(e), e.args]", feed, Cancellation);

        var dump = await session.DumpAsync(Cancellation);

        Encoding.Latin1.GetString(dump.Bytes.Span).ShouldNotContain("hunter2");
    }

    [Theory]
    [InlineData(typeof(ArgumentException), "ValueError")]
    [InlineData(typeof(FormatException), "ValueError")]
    [InlineData(typeof(KeyNotFoundException), "KeyError")]
    [InlineData(typeof(TimeoutException), "TimeoutError")]
    [InlineData(typeof(FileNotFoundException), "FileNotFoundError")]
    [InlineData(typeof(UnauthorizedAccessException), "PermissionError")]
    [InlineData(typeof(OperationCanceledException), "RuntimeError")]
    public async Task The_script_sees_the_nearest_Python_type(Type type, string expected)
    {
        var tool = MontyTool.Sync("price", MontyValue (_) => throw (Exception)Activator.CreateInstance(type, Secret)!);
        using var session = await runtime.OpenAsync();

        var failed = await Should.ThrowAsync<MontyScriptException>(() =>
            session.FeedAsync("price()", new FeedOptions { Tools = [tool] }, Cancellation)
        );

        failed.Error.Type.ShouldBe(expected);
        failed.Error.Message.ShouldBe("the tool 'price' failed");
        failed.ToString().ShouldNotContain("hunter2");
    }

    [Fact]
    public async Task A_PythonException_is_intended_and_is_not_reported_as_a_handler_error()
    {
        var seen = new List<Exception>();
        var feed = new FeedOptions
        {
            Tools = [MontyTool.Sync("price", MontyValue (_) => throw new PythonException("ValueError", "no such article"))],
            OnHandlerError = (_, exception) => seen.Add(exception),
        };
        using var session = await runtime.OpenAsync();

        var failed = await Should.ThrowAsync<MontyScriptException>(() => session.FeedAsync("price()", feed, Cancellation));

        failed.Error.TypeAndMessage.ShouldBe("ValueError: no such article");
        seen.ShouldBeEmpty();
    }

    [Fact]
    public async Task The_error_for_a_result_that_cannot_be_sent_shows_the_script_no_NET_type()
    {
        var seen = new List<Exception>();
        var feed = new FeedOptions
        {
            Tools = [MontyTool.From(() => (DayOfWeek)77, "price")],
            OnHandlerError = (_, exception) => seen.Add(exception),
        };
        using var session = await runtime.OpenAsync();

        var failed = await Should.ThrowAsync<MontyScriptException>(() => session.FeedAsync("price()", feed, Cancellation));

        failed.Error.TypeAndMessage.ShouldBe("TypeError: the tool 'price' failed");
        seen.ShouldHaveSingleItem()
            .Message.ShouldBe(
                "The result of price() cannot be sent to the script: DayOfWeek has no name for the value 77; pass the number. Path: $."
            );
    }

    [Fact]
    public async Task An_answer_that_cannot_be_sent_is_reported_too()
    {
        var seen = new List<(MontySuspension At, Exception Exception)>();
        var feed = new FeedOptions
        {
            Tools = [MontyTool.Sync("price", _ => new MontyCycle(1, "[...]"))],
            OnHandlerError = (at, exception) => seen.Add((at, exception)),
        };
        using var session = await runtime.OpenAsync();

        await Should.ThrowAsync<MontyScriptException>(() => session.FeedAsync("price()", feed, Cancellation));

        var (at, exception) = seen.ShouldHaveSingleItem();
        at.ShouldBeOfType<MontyFunctionCall>().Name.ShouldBe("price");
        exception.ShouldBeOfType<ArgumentException>();
    }

    [Fact]
    public async Task The_cancellation_of_handlers_at_the_end_of_a_feed_is_not_reported()
    {
        var seen = new List<Exception>();
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var feed = new FeedOptions
        {
            Tools = [MontyTool.Async("wait", WaitAsync), MontyTool.Sync("wait_here", WaitAsync)],
            OnHandlerError = (_, exception) => seen.Add(exception),
        };
        var session = await runtime.OpenAsync();
        (await session.FeedAsync("wait()\n1", feed, Cancellation)).Value.ShouldBe(new MontyInt(1));
        started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var waiting = session.FeedAsync("wait_here()", feed, Cancellation);
        await started.Task.InTime();

        await session.DisposeAsync();

        await Should.ThrowAsync<ObjectDisposedException>(() => waiting.InTime());
        seen.ShouldBeEmpty();

        async ValueTask<MontyValue> WaitAsync(MontyFunctionCall call, CancellationToken end)
        {
            started.SetResult();
            await Never.EndsAsync(end);
            return MontyValue.None;
        }
    }

    [Theory]
    [InlineData("price()")]
    [InlineData("await price_later()")]
    public async Task An_exception_of_OnHandlerError_ends_the_feed_and_keeps_the_session(string code)
    {
        var own = new NotSupportedException("the log is full");
        using var session = await runtime.OpenAsync();

        (
            await Should.ThrowAsync<NotSupportedException>(() =>
                session.FeedAsync(code, Host(new FeedOptions { OnHandlerError = (_, _) => throw own }), Cancellation).InTime()
            )
        ).ShouldBeSameAs(own);

        (await session.FeedAsync("1", null, Cancellation)).Value.ShouldBe(new MontyInt(1));
    }

    [Fact]
    public async Task The_error_for_an_object_that_cannot_be_reattached_shows_no_text_of_the_host()
    {
        var lent = Bank.Class(_ => throw Thrown);
        using var session = await runtime.OpenAsync();
        var lending = new FeedOptions
        {
            HostObjects = new Dictionary<string, MontyHostObject> { ["account"] = lent.Wrap(new Account("Ada")) },
        };
        await session.FeedAsync("1", lending, Cancellation);
        var dump = await session.DumpAsync(Cancellation);
        using var loaded = await runtime.Pool.LoadSessionAsync(dump, cancellationToken: Cancellation);

        var failed = await Should.ThrowAsync<MontyScriptException>(() =>
            loaded.FeedAsync("account.owner", new FeedOptions { Tools = [lent.Tool] }, Cancellation)
        );

        failed.Error.TypeAndMessage.ShouldBe("RuntimeError: the attribute 'owner' failed");
    }

    [Fact]
    public async Task An_exception_of_OnPrint_reaches_the_caller_and_not_the_script()
    {
        using var session = await runtime.OpenAsync();

        (
            await Should.ThrowAsync<InvalidOperationException>(() =>
                session.FeedAsync(
                    "try:\n    print(1)\nexcept BaseException as e:\n    print(e)",
                    new FeedOptions { OnPrint = _ => throw Thrown },
                    Cancellation
                )
            )
        ).ShouldBeSameAs(Thrown);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private async Task<string> RaiseAsync(string code, FeedOptions feed)
    {
        var indented = code.Replace("\n", "\n    ", StringComparison.Ordinal);
        using var session = await runtime.OpenAsync();
        var result = await session
            .FeedAsync(
                $"try:\n    {indented}\n    r = 'nothing was raised'\nexcept Exception as e:\n    r = f'{{type(e).__name__}}: {{e}}'\nr",
                Host(feed),
                Cancellation
            )
            .InTime();
        return result.Value.AsString();
    }

    private static FeedOptions Host(FeedOptions feed)
    {
        var account = MontyHostClass.Define<Account>(
            "Account",
            members =>
                members
                    .Attribute("broken", int (_) => throw Thrown)
                    .Method("deposit", decimal (Account _, decimal _) => throw Thrown)
                    .Method("settle", (Account _) => FailLaterAsync())
                    .Construct(Account (string owner) => throw Thrown)
        );
        return feed with
        {
            Tools =
            [
                MontyTool.Sync("price", MontyValue (_) => throw Thrown),
                MontyTool.Async("price_at_once", (_, _) => throw Thrown),
                MontyTool.Async("price_later", async (_, _) => await FailLaterAsync()),
                MontyTool.From(int (int count) => throw Thrown, "order"),
                MontyTool.From(IEnumerable<int> () => new FailingItems(), "lines"),
                MontyTool.From(() => new Receipt(1), "receipt"),
                MontyTool.From((Receipt receipt) => receipt.ToString(), "send"),
                account.Tool,
            ],
            HostObjects = new Dictionary<string, MontyHostObject> { ["account"] = account.Wrap(new Account("Ada")) },
            Inputs = new Dictionary<string, MontyValue>
            {
                ["other"] = new MontyInstance(
                    new MontyType("Other", MontyTypeOrigin.Host, Guid.NewGuid()),
                    Guid.NewGuid(),
                    MontyDict.Empty
                ),
            },
            Names = new FailingNames(),
            OnUnknownCall = (_, _) => throw Thrown,
            OnOsCall = (call, _) => call.Function == OsFunction.Getenv ? throw Thrown : new((MontyAnswer?)null),
            Os = new MontyOs(new MontyOsOptions { Clock = new FailingClock() }),
        };
    }

    private static async Task<int> FailLaterAsync()
    {
        await Task.Yield();
        throw Thrown;
    }

    private sealed record Receipt
    {
        public Receipt(int number)
        {
            if (number < 0)
            {
                throw Thrown;
            }
        }

        [SuppressMessage("Design", "CA1065:Do not raise exceptions in unexpected locations", Justification = "The test is about it.")]
        [SuppressMessage(
            "Performance",
            "CA1822:Mark members as static",
            Justification = "A field of a record is a property of the instance."
        )]
        public int Number => throw Thrown;
    }

    private sealed class FailingItems : IEnumerable<int>
    {
        public IEnumerator<int> GetEnumerator() => throw Thrown;

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }

    private sealed class FailingNames : IReadOnlyDictionary<string, MontyValue>
    {
        public IEnumerable<string> Keys => [];

        public IEnumerable<MontyValue> Values => [];

        public int Count => 0;

        public MontyValue this[string key] => throw Thrown;

        public bool ContainsKey(string key) => throw Thrown;

        public bool TryGetValue(string key, [MaybeNullWhen(false)] out MontyValue value) => throw Thrown;

        public IEnumerator<KeyValuePair<string, MontyValue>> GetEnumerator() =>
            Enumerable.Empty<KeyValuePair<string, MontyValue>>().GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }

    private sealed class FailingClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => throw Thrown;
    }
}
