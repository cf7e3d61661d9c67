using Monty.Host.Cli;
using Monty.Host.Tests.Support;
using Monty.Interop;
using Shouldly;
using Xunit;

namespace Monty.Host.Tests.Cli;

public sealed class CallLogTests
{
    [Fact]
    public void Each_answer_is_one_line()
    {
        using var error = new StringWriter { NewLine = "\n" };
        var log = new CallLog(error, dimmed: false, kept: false);

        log.Answer(Calls.Of("f", "x"), MontyAnswer.Return("y"));
        log.Answer(Calls.Of("f"), MontyAnswer.Raise("ValueError", "a\nb"));
        log.Answer(Calls.Of("f"), MontyAnswer.NotFound);
        log.Drop(Calls.Of("f"));

        error
            .ToString()
            .ShouldBe(
                """
                [call] f('x') -> 'y'
                [call] f() -> raises ValueError: a\nb
                [call] f() -> not found
                [call] f() -> dropped with the script

                """
            );
        log.Calls.Calls.ShouldBeEmpty();
    }

    [Fact]
    public void On_a_terminal_the_lines_are_dim()
    {
        using var error = new StringWriter { NewLine = "\n" };

        new CallLog(error, dimmed: true, kept: false).Drop(Calls.Of("f"));

        error.ToString().ShouldBe("\u001b[2m[call] f() -> dropped with the script\u001b[22m\n");
    }

    [Fact]
    public void A_failure_of_the_program_itself_is_shown_to_the_person()
    {
        using var error = new StringWriter { NewLine = "\n" };
        var log = new CallLog(error, dimmed: false, kept: false);

        log.Fail(Calls.Of("f", "x"), new IOException("the terminal\nis gone"));
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
    public void Calls_are_kept_in_the_order_they_were_made()
    {
        var log = new CallLog(TextWriter.Null, dimmed: false, kept: true);
        var (first, second, third) = (Calls.Of("f", 1), Calls.Of("f", 1), Calls.Of("g"));
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
    public void Large_arguments_do_not_fill_the_memory()
    {
        var log = new CallLog(TextWriter.Null, dimmed: false, kept: true);
        var large = Calls.Of("f", new string('x', 10 << 20));
        var small = Calls.Of("f");

        foreach (var call in (MontyFunctionCall[])[large, large, small])
        {
            log.Start(call);
        }

        log.Answer(small, MontyAnswer.Return(1));

        log.Calls.Calls.ShouldBe([new LoggedCall(large, null)]);
        log.Calls.AreTruncated.ShouldBeTrue();
    }

    [Fact]
    public void A_line_costs_no_more_than_it_shows()
    {
        var log = new CallLog(TextWriter.Null, dimmed: false, kept: false);
        var large = Calls.Of(
            "f",
            new MontyBytes(new byte[10 << 20]),
            new MontyList(Enumerable.Repeat<MontyValue>(1, 1 << 20).ToEquatableArray())
        );
        var before = GC.GetAllocatedBytesForCurrentThread();

        log.Answer(large, MontyAnswer.NotFound);

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(1 << 20);
    }

    [Fact]
    public void Answers_count_against_what_is_kept_of_the_calls()
    {
        var log = new CallLog(TextWriter.Null, dimmed: false, kept: true);
        MontyValue large = new string('x', 6 << 20);
        var calls = Enumerable.Range(0, 4).Select(i => Calls.Of("f", i)).ToList();

        foreach (var call in calls)
        {
            log.Start(call);
            log.Answer(call, MontyAnswer.Return(large));
        }

        log.Calls.Calls.Select(c => c.Call).ShouldBe(calls.Take(2));
        log.Calls.AreTruncated.ShouldBeTrue();
    }

    [Fact]
    public void A_line_takes_no_more_text_than_it_shows()
    {
        var log = new CallLog(TextWriter.Null, dimmed: false, kept: false);
        var call = Calls.Of("f");
        var answer = MontyAnswer.Return(new MontyBytes(new byte[50_000_000]));
        log.Answer(call, answer);
        var before = GC.GetAllocatedBytesForCurrentThread();

        log.Answer(call, answer);

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(100_000);
    }
}
