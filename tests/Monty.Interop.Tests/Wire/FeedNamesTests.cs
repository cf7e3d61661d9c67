using System.Runtime.Versioning;
using Monty.Interop.Wire;
using Monty.Testing;
using Shouldly;
using Xunit;

namespace Monty.Interop.Tests.Wire;

/// <summary>Traceback frames contain the script names of feeds. The runtime only numbers the feeds, so the client must count them exactly as the runtime does.</summary>
public sealed class FeedNamesTests
{
    /// <summary>Actions before the feed whose frames are checked. Each also checks its own outcome.</summary>
    public static TheoryData<string, Func<MontySession, Task>> EarlierActions =>
        new()
        {
            { "nothing", _ => Task.CompletedTask },
            { "a feed", s => s.FeedAsync("x = 1", Named("other.py")) },
            { "empty code", s => s.FeedAsync("", Named("other.py")) },
            { "empty code with an input", s => s.FeedAsync("", Named("other.py") with { Inputs = Input(1) }) },
            { "blanks", s => s.FeedAsync("  \n\t\n", Named("other.py")) },
            { "a comment", s => s.FeedAsync("# nothing", Named("other.py")) },
            { "a syntax error", s => ShouldThrowAsync<MontyScriptException>(() => s.FeedAsync("def (", Named("other.py"))) },
            {
                "code that the parser does not accept",
                s => ShouldThrowAsync<MontyScriptException>(() => s.FeedAsync("class A(int): pass", Named("other.py")))
            },
            { "an exception", s => ShouldThrowAsync<MontyScriptException>(() => s.FeedAsync("1/0", Named("other.py"))) },
            {
                "an input that cannot be sent",
                s =>
                    ShouldThrowAsync<ArgumentException>(() =>
                        s.FeedAsync("1", Named("other.py") with { Inputs = Input(new MontyRepr("r")) })
                    )
            },
            {
                "an input that the runtime cannot convert",
                s => ShouldThrowAsync<MontyScriptException>(() => s.FeedAsync("1", Named("other.py") with { Inputs = Input(DeadInstance) }))
            },
            { "an aborted feed", AbortFeedAsync },
            {
                "a feed that exceeds its suspension limit",
                s =>
                    ShouldThrowAsync<MontyScriptException>(() =>
                        s.FeedAsync("[f() for i in range(99)]", Named("other.py") with { Tools = [MontyTool.Sync("f", _ => 1)] })
                    )
            },
            {
                "a feed canceled before its start",
                s =>
                    ShouldThrowAsync<OperationCanceledException>(() =>
                        s.FeedAsync("1", Named("other.py"), new CancellationToken(canceled: true))
                    )
            },
            {
                "a feed too large to send",
                s => ShouldThrowAsync<MontySizeException>(() => s.FeedAsync("1", Named("other.py") with { Inputs = Input(Huge) }))
            },
        };

    private static MontyValue DeadInstance =>
        new MontyInstance(new MontyType("A", MontyTypeOrigin.Sandbox, Guid.NewGuid()), Guid.NewGuid(), MontyDict.Empty);

    private static MontyValue Huge => new MontyBytes(GC.AllocateUninitializedArray<byte>(FrameParser.MaxBodyBytes));

    [Theory]
    [MemberData(nameof(EarlierActions), DisableDiscoveryEnumeration = true)]
    public async Task Frames_have_the_name_of_their_feed_after(string action, Func<MontySession, Task> run)
    {
        action.ShouldNotBeEmpty();
        using var pool = new MontyPool();
        using var session = await pool.OpenSessionAsync(
            new SessionOptions { Limits = new MontyLimits { MaxSuspensionsPerFeed = 50 } },
            TestContext.Current.CancellationToken
        );
        await session.FeedAsync("def fail(): return 1/0", Named("first.py")).InTime();

        await run(session).InTime();

        var failure = await Should.ThrowAsync<MontyScriptException>(() => session.FeedAsync("fail()", Named("second.py")).InTime());
        failure.Error.Frames.Select(f => f.FileName).ShouldBe(["second.py", "first.py"]);
    }

    [LinuxFact]
    [SupportedOSPlatform("linux")]
    public async Task A_frame_names_its_feed_after_an_input_that_the_runtime_cannot_decode()
    {
        using var wrapped = WrappedRuntime.WithoutLen();
        using var pool = new MontyPool(new MontyPoolOptions { RuntimePath = wrapped.Path });
        using var session = await pool.OpenSessionAsync(cancellationToken: TestContext.Current.CancellationToken);

        await ShouldThrowAsync<ArgumentException>(() =>
            session.FeedAsync("1", Named("other.py") with { Inputs = Input(new MontyBuiltin("len")) })
        );

        var failure = await Should.ThrowAsync<MontyScriptException>(() => session.FeedAsync("1/0", Named("second.py")).InTime());
        failure.Error.Frames.ShouldHaveSingleItem().FileName.ShouldBe("second.py");
    }

    [Fact]
    public async Task A_feed_without_a_script_name_has_the_name_of_its_session()
    {
        using var pool = new MontyPool();
        using var session = await pool.OpenSessionAsync(
            new SessionOptions { ScriptName = "agent.py" },
            TestContext.Current.CancellationToken
        );

        var failure = await Should.ThrowAsync<MontyScriptException>(() =>
            session.FeedAsync("1/0", cancellationToken: TestContext.Current.CancellationToken)
        );

        failure.Error.Frames.ShouldHaveSingleItem().FileName.ShouldBe("agent.py");
    }

    [Fact]
    public async Task A_reset_restarts_the_count_of_feeds()
    {
        using var pool = new MontyPool();
        using var session = await pool.OpenSessionAsync(cancellationToken: TestContext.Current.CancellationToken);
        await session.FeedAsync("x = 1", Named("before.py"), TestContext.Current.CancellationToken);
        await session.ResetAsync(TestContext.Current.CancellationToken);

        var failure = await Should.ThrowAsync<MontyScriptException>(() =>
            session.FeedAsync("x", Named("after.py"), TestContext.Current.CancellationToken)
        );

        failure.Error.TypeAndMessage.ShouldBe("NameError: name 'x' is not defined");
        failure.Error.Frames.ShouldHaveSingleItem().FileName.ShouldBe("after.py");
    }

    [Theory]
    [InlineData("<python-input-0>", "a.py")]
    [InlineData("<python-input-1>", "b.py")]
    [InlineData("<python-input-2>", "<python-input-2>")]
    [InlineData("<python-input->", "<python-input->")]
    [InlineData("<python-input- 0>", "<python-input- 0>")]
    [InlineData("<python-input--1>", "<python-input--1>")]
    [InlineData("<python-input-99999999999>", "<python-input-99999999999>")]
    [InlineData("<stdin>", "<stdin>")]
    [InlineData("\0", "<unknown>")]
    public void Only_names_that_the_runtime_generates_are_replaced(string given, string expected)
    {
        var names = new FeedNames();
        names.Add("a.py");
        names.Add("b.py");

        names.Map(given).ShouldBe(expected);
    }

    private static FeedOptions Named(string name) => new() { ScriptName = name };

    private static Dictionary<string, MontyValue> Input(MontyValue value) => new() { ["x"] = value };

    private static Task<T> ShouldThrowAsync<T>(Func<Task> action)
        where T : Exception => Should.ThrowAsync<T>(action);

    private static async Task AbortFeedAsync(MontySession session)
    {
        await session.StartAsync("wait()", Named("other.py"));
        (await session.AbortAsync(new PythonError("RuntimeError", "enough")))
            .ShouldBeOfType<MontyFailed>()
            .Error.Frames.ShouldHaveSingleItem()
            .FileName.ShouldBe("other.py");
    }
}
