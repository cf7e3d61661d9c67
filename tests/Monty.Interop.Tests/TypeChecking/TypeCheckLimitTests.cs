using System.Runtime.Versioning;
using Monty.Testing;
using Shouldly;
using Xunit;

namespace Monty.Interop.Tests.TypeChecking;

/// <summary>A check that exceeds a limit results in a report that says so, and nothing else is affected.</summary>
[SupportedOSPlatform("linux")]
public sealed class TypeCheckLimitTests(RuntimeFixture runtime) : IClassFixture<RuntimeFixture>
{
    /// <summary>A type whose size doubles with each line: the checker takes minutes and gigabytes.</summary>
    private static readonly string Growing = "a = (1,)\n" + string.Concat(Enumerable.Repeat("a = (a, a)\n", 40)) + "b: int = a\n";

    /// <summary>An expression that overflows the checker's stack.</summary>
    private static readonly string Chained = "x = " + string.Join('+', Enumerable.Repeat("1", 50_000));

    private static readonly TypeCheckLimits Patient = new() { Timeout = TestTimeouts.Generous };

    private static readonly TypeCheckLimits LittleMemory = Patient with { MaxMemoryBytes = 0 };

    [LinuxFact]
    public async Task A_check_ends_at_its_timeout()
    {
        var time = new FakeTime();
        using var pool = new MontyPool(new MontyPoolOptions { TimeProvider = time });

        var checking = pool.CheckTypesAsync(
            Growing,
            new TypeCheckOptions { ScriptName = "agent.py", Limits = Patient with { Timeout = TimeSpan.FromSeconds(3) } }
        );
        await time.WhenArmed(TimeSpan.FromSeconds(3)).InTime();
        time.Advance(TimeSpan.FromSeconds(3));
        var report = await checking.InTime();

        (report.Failure, report.HasErrors, report.OmittedFindings).ShouldBe((TypeCheckFailure.TimedOut, true, 0));
        report.Text.ShouldBe(
            "agent.py:1:1: error[type-check-failed] The type check of the code was stopped: it took longer than 00:00:03. "
                + "Simplify the code, or raise TypeCheckLimits.Timeout. In a session, TurnTimeout and MaxDuration bound it too.\n"
        );
        foreach (var format in Enum.GetValues<TypeCheckFormat>())
        {
            report.Render(format).ShouldContain("type-check-failed", Case.Sensitive, $"{format}");
        }

        (await pool.CheckTypesAsync("x: int = 1").InTime()).Text.ShouldBe("");
    }

    [LinuxFact]
    public async Task The_time_of_a_check_covers_its_stubs_and_every_question_to_the_checker()
    {
        var time = new FakeTime();
        using var slow = new WrappedRuntime(said: "select undef, undef, undef, 0.05");
        using var pool = new MontyPool(new MontyPoolOptions { RuntimePath = slow.Path, TimeProvider = time });
        var timeouts = new List<TimeSpan>();
        var limit = TimeSpan.FromSeconds(60);

        var checking = pool.CheckTypesAsync(
            "x: int = 'a'",
            new TypeCheckOptions { Stubs = "y: int", Limits = Patient with { Timeout = limit } }
        );
        for (var left = limit; left > limit - TimeSpan.FromSeconds(5); left -= TimeSpan.FromSeconds(1))
        {
            await time.WhenArmed(left).InTime(); // one for the stubs, and four for the code
            timeouts.Add(left);
            time.Advance(TimeSpan.FromSeconds(1));
        }

        (await checking.InTime()).Diagnostics.ShouldHaveSingleItem().Rule.ShouldBe("invalid-assignment");
        timeouts.Count.ShouldBe(5);
    }

    [LinuxFact]
    public async Task A_check_ends_at_its_memory_limit()
    {
        var report = await runtime.Pool.CheckTypesAsync(Growing, new TypeCheckOptions { Limits = LittleMemory }).InTime();

        (report.Failure, report.HasErrors).ShouldBe((TypeCheckFailure.OutOfMemory, true));
        report.Text.ShouldContain(
            "it needed more than its memory limit of 0 bytes. Simplify the code, or raise TypeCheckLimits.MaxMemoryBytes."
        );
        (await runtime.Pool.CheckTypesAsync("x: int = 'a'", new TypeCheckOptions { Limits = LittleMemory }).InTime())
            .Diagnostics.ShouldHaveSingleItem()
            .Rule.ShouldBe("invalid-assignment");
    }

    [LinuxFact]
    public async Task The_memory_that_one_check_leaves_behind_is_not_charged_to_the_next()
    {
        var large = string.Concat(
            Enumerable.Range(0, 6000).Select(i => $"v{i} = [1, 2, {i}]\nw{i} = {{k: v for k, v in zip(v{i}, 'abc')}}\n")
        );
        using var pool = new MontyPool(new MontyPoolOptions { MaxWorkers = 1 });

        (await pool.CheckTypesAsync(large, new TypeCheckOptions { Limits = Patient }).InTime()).Text.ShouldBe("");
        (await pool.CheckTypesAsync("x: int = 1", new TypeCheckOptions { Limits = LittleMemory }).InTime()).Text.ShouldBe("");

        var statistics = pool.Statistics;
        (statistics.Live, statistics.Idle, statistics.Started, statistics.Discarded).ShouldBe((1, 1, 2, 1));
    }

    [LinuxFact]
    public async Task A_checker_that_dies_is_a_refusal_and_is_replaced()
    {
        using var pool = new MontyPool(new MontyPoolOptions { MaxWorkers = 1 });

        var report = await pool.CheckTypesAsync(Chained, new TypeCheckOptions { Limits = Patient }).InTime();

        (report.Failure, report.HasErrors).ShouldBe((TypeCheckFailure.CheckerFailed, true));
        report.Text.ShouldContain(
            "The type check of the code failed: the checker overflowed its stack (exit code 134). Split expressions that nest deeply or chain thousands of operators."
        );
        (await pool.CheckTypesAsync("x: int = 1").InTime()).Text.ShouldBe("");
    }

    [LinuxFact]
    public async Task A_checker_that_is_killed_from_outside_is_a_refusal()
    {
        using var wrapped = new WrappedRuntime();
        using var pool = new MontyPool(new MontyPoolOptions { RuntimePath = wrapped.Path });
        await pool.CheckTypesAsync("1").InTime();

        var checking = pool.CheckTypesAsync(Growing, new TypeCheckOptions { Limits = Patient });
        WrappedRuntime.Kill(wrapped.Started[0]);
        var report = await checking.InTime();

        report.Failure.ShouldBe(TypeCheckFailure.CheckerFailed);
        report.Text.ShouldContain("the checker ended unexpectedly with exit code 137");
    }

    [LinuxFact]
    public async Task A_check_that_is_cancelled_loses_no_session()
    {
        using var cancellation = new CancellationTokenSource();
        using var session = await runtime.OpenAsync(new SessionOptions { TypeCheck = new SessionTypeCheck() });
        await session.FeedAsync("n = 41").InTime();

        var feeding = session.FeedAsync(Growing, null, cancellation.Token);
        await cancellation.CancelAsync();

        var cancelled = await Should.ThrowAsync<OperationCanceledException>(() => feeding.InTime());
        cancelled.CancellationToken.ShouldBe(cancellation.Token);
        cancelled.Message.ShouldNotContain("session");
        (await session.FeedAsync("n + 1").InTime()).Value.ShouldBe(new MontyInt(42));
    }

    [LinuxFact]
    public async Task Code_that_is_too_long_is_refused_without_a_checker()
    {
        using var pool = new MontyPool(new MontyPoolOptions { TypeCheckLimits = new TypeCheckLimits { MaxCodeLength = 5 } });

        var refused = await pool.CheckTypesAsync("x = 10").InTime();
        var passed = await pool.CheckTypesAsync("x = 1").InTime();

        (refused.Failure, passed.Failure).ShouldBe((TypeCheckFailure.CodeTooLong, null));
        refused.Text.ShouldContain(
            "it has 6 characters, and the limit is 5. Split the code, pass large data as inputs, or raise TypeCheckLimits.MaxCodeLength."
        );
        (pool.Statistics.Started, pool.Statistics.Checkouts).ShouldBe((1, 1));
    }

    [LinuxFact]
    public async Task Twenty_thousand_findings_are_cut_to_the_limit_and_the_rest_is_counted()
    {
        var code = string.Concat(Enumerable.Range(0, 20_000).Select(i => $"x{i}: int = 'a'\n"));

        var report = await runtime.Pool.CheckTypesAsync(code, new TypeCheckOptions { Limits = Patient }).InTime();

        (report.Diagnostics.Count, report.OmittedFindings, report.Failure).ShouldBe((201, 19_800, null));
        report.Diagnostics[199].ToString().ShouldStartWith("main.py:200:13: error[invalid-assignment] Object of type");
        report.Text.ShouldEndWith(
            "main.py:1:1: error[omitted-findings] 19800 more findings are left out. Fix the others first, or raise TypeCheckLimits.MaxFindings.\n"
        );
        foreach (var format in Enum.GetValues<TypeCheckFormat>())
        {
            var text = report.Render(format);
            text.ShouldContain("19800 more findings are left out", Case.Sensitive, $"{format}");
            text.ShouldContain("is not assignable to `int`", Case.Sensitive, $"{format}");
        }
    }

    [LinuxFact]
    public async Task An_error_among_the_findings_that_are_left_out_refuses_too()
    {
        var check = new TypeCheckOptions { Limits = Patient with { MaxFindings = 2 } };
        const string Warnings = "a = 1  # type: ignore\nb = 1  # type: ignore\n";

        var warnings = await runtime.Pool.CheckTypesAsync(Warnings + "c = 1  # type: ignore", check).InTime();
        var error = await runtime.Pool.CheckTypesAsync(Warnings + "c: int = 'a'", check).InTime();
        var exact = await runtime.Pool.CheckTypesAsync(Warnings, check).InTime();

        (warnings.HasErrors, warnings.OmittedFindings).ShouldBe((false, 1));
        (error.HasErrors, error.OmittedFindings).ShouldBe((true, 1));
        (exact.HasErrors, exact.OmittedFindings, exact.Diagnostics.Count).ShouldBe((false, 0, 2));
    }

    [LinuxFact]
    public async Task Findings_on_a_very_long_line_are_reported_without_its_excerpt()
    {
        var code = string.Concat(Enumerable.Range(0, 199).Select(i => $"x{i}: int = 'a';")) + "y = '" + new string('-', 100_000) + "'";

        var report = await runtime.Pool.CheckTypesAsync(code, new TypeCheckOptions { Limits = Patient }).InTime();

        (report.Diagnostics.Count, report.OmittedFindings).ShouldBe((199, 0));
        report.Text.Length.ShouldBeLessThan(40_000);
        report.Render(TypeCheckFormat.Full).Length.ShouldBeLessThan(40_000);
    }

    [LinuxFact]
    public async Task A_feed_whose_check_exceeds_the_turn_timeout_is_refused_and_the_session_is_unchanged()
    {
        var time = new FakeTime();
        using var pool = new MontyPool(new MontyPoolOptions { TimeProvider = time, TypeCheckLimits = Patient });
        using var session = await pool.OpenSessionAsync(
                new SessionOptions { TypeCheck = new SessionTypeCheck(), TurnTimeout = TimeSpan.FromSeconds(3) }
            )
            .InTime();
        await session.FeedAsync("n = 41").InTime();

        var feeding = session.StartAsync(Growing).AsTask();
        await time.WhenArmed(TimeSpan.FromSeconds(3)).InTime();
        time.Advance(TimeSpan.FromSeconds(3));
        var refused = (await feeding.InTime()).ShouldBeOfType<MontyTypingFailed>();

        refused.Report!.Failure.ShouldBe(TypeCheckFailure.TimedOut);
        refused.Diagnostics.ShouldContain("it took longer than 00:00:03");
        session.LastTypeCheck.ShouldBe(refused.Report);
        (await session.FeedAsync("n + 1").InTime()).Value.ShouldBe(new MontyInt(42));
    }

    [LinuxFact]
    public async Task A_feed_whose_check_takes_longer_than_the_rest_of_the_duration_limit_is_refused()
    {
        var time = new FakeTime();
        using var pool = new MontyPool(new MontyPoolOptions { TimeProvider = time, TypeCheckLimits = Patient });
        using var session = await pool.OpenSessionAsync(
                new SessionOptions
                {
                    TypeCheck = new SessionTypeCheck(),
                    Limits = new MontyLimits { MaxDuration = TimeSpan.FromSeconds(5) },
                }
            )
            .InTime();

        var feeding = session.FeedAsync(Growing);
        await time.WhenArmed(TimeSpan.FromSeconds(15)).InTime(); // what native code may overshoot is allowed to the check too
        time.Advance(TimeSpan.FromSeconds(15));

        (await Should.ThrowAsync<MontyTypeCheckException>(() => feeding.InTime())).Report.Failure.ShouldBe(TypeCheckFailure.TimedOut);
    }

    [LinuxFact]
    public async Task A_feed_whose_check_needs_more_memory_than_its_session_has_is_refused()
    {
        using var pool = new MontyPool(new MontyPoolOptions { TypeCheckLimits = Patient });
        var options = new SessionOptions
        {
            TypeCheck = new SessionTypeCheck(),
            Limits = new MontyLimits { MaxMemoryBytes = 100_000 },
        };
        using var session = await pool.OpenSessionAsync(options).InTime();
        await session.FeedAsync("n = 41").InTime();

        var refused = await Should.ThrowAsync<MontyTypeCheckException>(() => session.FeedAsync(Growing).InTime());

        refused.Report.Failure.ShouldBe(TypeCheckFailure.OutOfMemory);
        refused.Message.ShouldContain("its memory limit of 100000 bytes");
        (await session.FeedAsync("n + 1").InTime()).Value.ShouldBe(new MontyInt(42));
    }

    [LinuxFact]
    public async Task The_memory_limit_of_a_session_bounds_its_checks_after_a_load_too()
    {
        using var pool = new MontyPool(new MontyPoolOptions { TypeCheckLimits = Patient });
        var options = new SessionOptions
        {
            TypeCheck = new SessionTypeCheck(),
            Limits = new MontyLimits { MaxMemoryBytes = 100_000 },
        };
        using var session = await pool.OpenSessionAsync(options).InTime();
        await session.FeedAsync("n = 41").InTime();
        var dump = await session.DumpAsync().InTime();

        using var loaded = await pool.LoadSessionAsync(dump).InTime();
        var refused = await Should.ThrowAsync<MontyTypeCheckException>(() => loaded.FeedAsync(Growing).InTime());
        var turn = await pool.TurnAsync(dump, new FeedTurn(Growing)).InTime();

        refused.Report.Failure.ShouldBe(TypeCheckFailure.OutOfMemory);
        turn.Progress.ShouldBeOfType<MontyTypingFailed>().Report!.Failure.ShouldBe(TypeCheckFailure.OutOfMemory);
        turn.Dump.ShouldBe(dump);
    }

    [LinuxFact]
    public async Task A_feed_that_kills_its_checker_is_refused_and_the_session_is_unchanged()
    {
        using var session = await runtime.OpenAsync(new SessionOptions { TypeCheck = new SessionTypeCheck() });
        await session.FeedAsync("n = 41").InTime();

        var refused = await Should.ThrowAsync<MontyTypeCheckException>(() => session.FeedAsync(Chained).InTime());
        var onDemand = await session.CheckTypesAsync(Chained).InTime();

        (refused.Report.Failure, onDemand.Failure).ShouldBe((TypeCheckFailure.CheckerFailed, TypeCheckFailure.CheckerFailed));
        (await session.FeedAsync("n + 1").InTime()).Value.ShouldBe(new MontyInt(42));
    }

    [LinuxFact]
    public async Task Stubs_that_cannot_be_checked_open_no_session()
    {
        using var pool = new MontyPool(new MontyPoolOptions { TypeCheckLimits = Patient });
        var check = new SessionTypeCheck { Stubs = Chained };

        var refused = await Should.ThrowAsync<MontyTypeCheckException>(() =>
            pool.OpenSessionAsync(new SessionOptions { TypeCheck = check }).InTime()
        );
        var report = await pool.CheckTypesAsync("1", new TypeCheckOptions { Stubs = Chained, Limits = Patient }).InTime();

        refused.Report.Failure.ShouldBe(TypeCheckFailure.CheckerFailed);
        report.Text.ShouldStartWith("stubs:1:1: error[type-check-failed] The type check of the stubs failed: ");
        report.Failure.ShouldBe(TypeCheckFailure.CheckerFailed);
    }

    [Fact]
    public async Task Limits_out_of_their_range_are_refused()
    {
        TypeCheckLimits[] wrong =
        [
            new() { Timeout = TimeSpan.Zero },
            new() { Timeout = TimeSpan.FromDays(50) },
            new() { MaxMemoryBytes = -1 },
            new() { MaxFindings = 0 },
            new() { MaxCodeLength = 0 },
        ];
        foreach (var limits in wrong)
        {
            Should.Throw<ArgumentOutOfRangeException>(() => new MontyPool(new MontyPoolOptions { TypeCheckLimits = limits }));
            await Should.ThrowAsync<ArgumentOutOfRangeException>(() =>
                runtime.Pool.CheckTypesAsync("1", new TypeCheckOptions { Limits = limits }).InTime()
            );
        }
    }

    [LinuxFact]
    public async Task Checks_of_one_caller_leave_a_checker_to_others()
    {
        using var pool = new MontyPool(new MontyPoolOptions { MaxWorkers = 8 });
        using var cancellation = new CancellationTokenSource();
        var greedy = new TypeCheckOptions { Caller = "greedy", Limits = Patient with { MaxMemoryBytes = 1L << 30 } };
        var endless = Enumerable.Range(0, 10).Select(_ => pool.CheckTypesAsync(Growing, greedy, cancellation.Token)).ToList();

        (
            await pool.CheckTypesAsync("x: int = 'a'", new TypeCheckOptions { Caller = "modest", Limits = Patient }).InTime()
        ).HasErrors.ShouldBeTrue();

        endless.ShouldAllBe(e => !e.IsCompleted);
        pool.Statistics.Waiting.ShouldBe(9);
        await cancellation.CancelAsync();
        foreach (var one in endless)
        {
            await Should.ThrowAsync<OperationCanceledException>(() => one.InTime());
        }

        pool.Statistics.Waiting.ShouldBe(0);
    }

    [LinuxFact]
    public async Task A_check_that_finds_no_free_checker_says_what_to_change()
    {
        var time = new FakeTime();
        using var pool = new MontyPool(
            new MontyPoolOptions
            {
                MaxWorkers = 4,
                TimeProvider = time,
                CheckoutTimeout = TimeSpan.FromSeconds(20),
            }
        );
        using var cancellation = new CancellationTokenSource();
        var endless = pool.CheckTypesAsync(Growing, new TypeCheckOptions { Limits = Patient }, cancellation.Token);
        var waiting = pool.CheckTypesAsync("1", new TypeCheckOptions { Caller = "acme" });

        await time.WhenArmed(TimeSpan.FromSeconds(20)).InTime();
        time.Advance(TimeSpan.FromSeconds(20));

        (await Should.ThrowAsync<TimeoutException>(() => waiting.InTime())).Message.ShouldBe(
            "The types were not checked: none of the 1 type checkers became free for the caller 'acme' within 00:00:20. "
                + "Raise MaxWorkers, of which type checkers are a quarter, or CheckoutTimeout, or check less at once."
        );
        await cancellation.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => endless.InTime());
    }
}
