using Monty.Host.Cli;
using Monty.Host.Tests.Support;
using Monty.Interop;
using Shouldly;
using Xunit;

namespace Monty.Host.Tests.Cli;

public sealed class CallLogTests
{
    [Fact]
    public void Each_answer_is_logged_on_one_line()
    {
        using var error = new StringWriter { NewLine = "\n" };
        var log = new CallLog(error, dimmed: false, keepCalls: false);

        log.Answer(Calls.Create("f", "x"), MontyAnswer.Return("y"));
        log.Answer(Calls.Create("f"), MontyAnswer.Raise("ValueError", "a\nb"));
        log.Answer(Calls.Create("f"), MontyAnswer.NotFound);
        log.Drop(Calls.Create("f"));

        error
            .ToString()
            .ShouldBe(
                """
                [call] f('x') -> 'y'
                [call] f() -> raises ValueError: a\nb
                [call] f() -> not found
                [call] f() -> dropped, as the script no longer waits for it

                """
            );
        log.Calls.Calls.ShouldBeEmpty();
    }

    [Fact]
    public void Lines_on_a_terminal_are_dim()
    {
        using var error = new StringWriter { NewLine = "\n" };

        new CallLog(error, dimmed: true, keepCalls: false).Drop(Calls.Create("f"));

        error.ToString().ShouldBe("\u001b[2m[call] f() -> dropped, as the script no longer waits for it\u001b[22m\n");
    }

    [Fact]
    public void An_exception_of_a_handler_is_logged()
    {
        using var error = new StringWriter { NewLine = "\n" };
        var log = new CallLog(error, dimmed: false, keepCalls: false);

        log.Fail(Calls.Create("f", "x"), new IOException("the terminal\nis gone"));
        log.Fail(new MontyOsCall(OsFunction.Getenv, ["HOME", MontyValue.None], 0), new InvalidOperationException("no clock"));

        error
            .ToString()
            .ShouldBe(
                """
                [call] f('x') -> failed: IOException: the terminal\nis gone
                [call] Getenv -> failed: InvalidOperationException: no clock

                """
            );
    }

    [Fact]
    public void Calls_are_kept_in_the_order_in_which_they_started()
    {
        var log = new CallLog(TextWriter.Null, dimmed: false, keepCalls: true);
        var (first, second, third) = (Calls.Create("f", 1), Calls.Create("f", 1), Calls.Create("g"));
        log.Start(first);
        log.Start(second);
        log.Start(third);

        log.Answer(second, MontyAnswer.Return(2));
        log.Answer(first, MontyAnswer.Return(1));

        log.Calls.Calls.ShouldBe([
            new LoggedCall(first, MontyAnswer.Return(1)),
            new LoggedCall(second, MontyAnswer.Return(2)),
            new LoggedCall(third, null),
        ]);
        log.Calls.AreTruncated.ShouldBeFalse();
    }

    [Fact]
    public void Calls_after_the_maximum_size_are_not_kept()
    {
        var log = new CallLog(TextWriter.Null, dimmed: false, keepCalls: true);
        var large = Calls.Create("f", new string('x', 10 << 20));
        var small = Calls.Create("f");

        foreach (var call in (MontyFunctionCall[])[large, large, small])
        {
            log.Start(call);
        }

        log.Answer(small, MontyAnswer.Return(1));

        log.Calls.Calls.ShouldBe([new LoggedCall(large, null)]);
        log.Calls.AreTruncated.ShouldBeTrue();
    }

    [Fact]
    public void Logging_a_large_call_allocates_only_the_part_that_is_shown()
    {
        var log = new CallLog(TextWriter.Null, dimmed: false, keepCalls: false);
        var large = Calls.Create(
            "f",
            new MontyBytes(new byte[10 << 20]),
            new MontyList(Enumerable.Repeat<MontyValue>(1, 1 << 20).ToEquatableArray())
        );
        var before = GC.GetAllocatedBytesForCurrentThread();

        log.Answer(large, MontyAnswer.NotFound);

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(1 << 20);
    }

    [Fact]
    public void Answers_count_towards_the_limit_of_kept_calls()
    {
        var log = new CallLog(TextWriter.Null, dimmed: false, keepCalls: true);
        MontyValue large = new string('x', 6 << 20);
        var calls = Enumerable.Range(0, 4).Select(i => Calls.Create("f", i)).ToList();

        foreach (var call in calls)
        {
            log.Start(call);
            log.Answer(call, MontyAnswer.Return(large));
        }

        log.Calls.Calls.Select(c => c.Call).ShouldBe(calls.Take(2));
        log.Calls.AreTruncated.ShouldBeTrue();
    }

    [Fact]
    public void A_line_allocates_only_the_text_that_it_shows()
    {
        var log = new CallLog(TextWriter.Null, dimmed: false, keepCalls: false);
        var call = Calls.Create("f");
        var answer = MontyAnswer.Return(new MontyBytes(new byte[50_000_000]));
        log.Answer(call, answer);
        var before = GC.GetAllocatedBytesForCurrentThread();

        log.Answer(call, answer);

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(100_000);
    }
}
