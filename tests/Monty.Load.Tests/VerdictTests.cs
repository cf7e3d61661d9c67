using Monty.Actors;
using Monty.Interop;
using Shouldly;
using Xunit;

namespace Monty.Load.Tests;

/// <summary>Tests that the verdict of a crash test finds each kind of violation, in histories, logs and files that were edited.</summary>
public sealed class VerdictTests(FinishedRun finished) : IClassFixture<FinishedRun>, IDisposable
{
    private static readonly SessionId Id = new("load", "s0");
    private static readonly SessionId LateId = new("load", "s1"); // its feed is canceled after its calls were announced
    private static readonly SessionId Fork = CrashWork.ForkOf(Id);
    private readonly EditedRun run = new(finished);

    private string LogFile => Path.Combine(run.Logs.FilesOf(Id), "log");

    public void Dispose() => run.Dispose();

    [Fact]
    public void A_run_without_violations_has_no_findings()
    {
        var verdict = run.Check();

        verdict.Findings.Problems.ShouldBeEmpty();
        verdict.Calls.ShouldBe(34);
    }

    [Fact]
    public void An_accepted_command_that_is_not_in_the_history_is_lost()
    {
        File.AppendAllText(run.Logs.Acks, "load/s0 signal-99\n");

        Lost("load/s0: signal-99 was acknowledged, but is not in the history");
    }

    [Theory]
    [InlineData("load/s0 signal-6")]
    [InlineData("load/s0 cancel")]
    [InlineData("load/s0-fork fork")]
    public void A_command_that_was_accepted_twice_is_found(string line)
    {
        File.AppendAllText(run.Logs.Acks, line + "\n" + line + "\n");

        Twice($"{line.Replace(" ", ": ", StringComparison.Ordinal)} was accepted");
    }

    [Fact]
    public void A_command_that_was_refused_is_lost()
    {
        File.AppendAllText(run.Logs.Refusals, "load/s0: cancel was refused: No feed runs\n");

        Lost("load/s0: cancel was refused: No feed runs");
    }

    [Fact]
    public void A_second_answer_that_was_accepted_is_found()
    {
        Replace<CallAnswered>(
            Id,
            a => a.CommandId.StartsWith("answer-1-", StringComparison.Ordinal),
            a => a with { CommandId = "rival-1-9" }
        );

        Twice("load/s0: rival-1-9 was accepted, which answers a call that was answered before");
    }

    [Theory]
    [InlineData(CallKind.Timer)]
    [InlineData(CallKind.Signal)]
    [InlineData(CallKind.External)]
    [InlineData(CallKind.Handler)]
    public void A_call_that_has_not_ended_is_open(CallKind kind)
    {
        var call = FindCall(kind);
        run[Id].RemoveAt(FindEnd(call));

        Open($"load/s0: call {call} of feed 1 is open");
    }

    [Theory]
    [InlineData(CallKind.Timer)]
    [InlineData(CallKind.Signal)]
    [InlineData(CallKind.Handler)]
    public void A_call_that_ended_twice_is_found(CallKind kind)
    {
        var call = FindCall(kind);
        var end = FindEnd(call);
        run[Id].Insert(end, run[Id][end]);

        Twice($"load/s0: call {call} of feed 1 ended 2 times");
    }

    [Fact]
    public void A_call_that_ended_and_was_not_announced_is_lost()
    {
        run[Id].RemoveAt(run[Id].FindIndex(e => e is CallAnnounced { Kind: CallKind.Timer }));

        Lost("of feed 1 ended, but was not announced");
    }

    [Fact]
    public void A_signal_that_was_received_twice_is_found()
    {
        var index = run[Id].FindIndex(e => e is SignalReceived { Name: "go-6" });
        run[Id].Insert(index, run[Id][index]);

        Twice("load/s0: the command signal-6 occurs more than once");
    }

    [Fact]
    public void A_signal_that_no_call_took_is_open()
    {
        run[Id].RemoveAt(run[Id].FindIndex(e => e is SignalTaken { Name: "go-6" }));

        Open("load/s0: no call took the signal go-6");
    }

    [Fact]
    public void A_signal_that_two_calls_took_is_found()
    {
        var index = run[Id].FindIndex(e => e is SignalTaken { Name: "go-6" });
        run[Id].Insert(index, run[Id][index]);

        Twice("load/s0: calls took the signal go-6 more often than it was received");
    }

    [Fact]
    public void A_handler_that_did_not_run_is_lost()
    {
        var key = $"load/s0/1/{FindCall(CallKind.Handler)}";
        RemoveLines(run.Logs.Effects, key + " ");

        Lost($"{key}: the handler of the call did not run");
    }

    [Fact]
    public void A_handler_that_ran_without_a_call_is_found()
    {
        File.AppendAllText(run.Logs.Effects, "load/s0-fork/1/0 hash\n");

        Lost("load/s0-fork/1/0: a handler ran, but the history does not contain the call");
    }

    [Fact]
    public void Attempts_with_different_arguments_are_found()
    {
        var key = $"load/s0/1/{FindCall(CallKind.Handler)}";
        File.AppendAllText(run.Logs.Effects, key + " other\n");

        Twice($"{key}: its attempts had different arguments");
    }

    [Fact]
    public void A_canceled_feed_that_completed_is_lost()
    {
        Replace<FeedEnded>(
            Id,
            e => e.Outcome is FeedOutcome.Cancelled,
            e => e with { Outcome = new FeedOutcome.Completed(MontyValue.None) }
        );

        Lost("load/s0: feed 2 ended with");
    }

    [Fact]
    public void A_canceled_feed_that_ended_twice_is_found()
    {
        var end = run[Id].FindIndex(e => e is FeedEnded { Outcome: FeedOutcome.Cancelled });
        run[Id].Insert(end, run[Id][end]);

        Twice("load/s0: feed 2 ended 2 times");
    }

    [Fact]
    public void A_canceled_feed_that_has_not_ended_is_open()
    {
        run[Id].RemoveAt(run[Id].FindIndex(e => e is FeedEnded { Outcome: FeedOutcome.Cancelled }));

        Open("load/s0: feed 2 has not ended");
    }

    [Fact]
    public void A_cancel_that_hit_a_later_feed_is_found()
    {
        var later = run[Id].FindIndex(e => e is FeedStarted { Feed: 3 });
        run[Id].Insert(later + 1, run[Id].OfType<FeedStopping>().Single());

        Twice("load/s0: the cancel of feed 2 also hit feed 3");
    }

    [Fact]
    public void A_session_that_was_not_forked_is_open()
    {
        run[Fork].Clear();

        Open("load/s0: the session has not been forked");
    }

    [Fact]
    public void A_session_that_was_forked_twice_is_found()
    {
        var forked = run[Fork].FindIndex(e => e is SessionForked);
        run[Fork].Insert(forked, run[Fork][forked]);

        Twice("load/s0: the session was forked 2 times into load/s0-fork");
    }

    [Fact]
    public void A_fork_whose_history_differs_from_its_source_is_lost()
    {
        run[Fork].RemoveAt(run[Fork].FindIndex(e => e is SignalReceived));

        Lost("load/s0-fork: its history does not start with the history of its source");
    }

    [Fact]
    public void A_fork_that_changed_its_source_is_found()
    {
        run[Id].Add(run[Fork].OfType<SessionForked>().Single());

        Twice("load/s0: the session itself was started as a fork");
    }

    [Fact]
    public void A_wrong_result_of_a_fork_is_lost()
    {
        run[Fork][^1] = new FeedEnded(new FeedOutcome.Completed(1));

        Lost("load/s0-fork: feed 4 ended with");
    }

    [Fact]
    public void A_fork_whose_feed_was_not_started_is_open()
    {
        var forked = run[Fork].FindIndex(e => e is SessionForked);
        run[Fork].RemoveRange(forked + 1, run[Fork].Count - forked - 1);

        Open("load/s0-fork: feed 4 has not started");
    }

    [Fact]
    public void A_write_that_is_not_in_its_file_is_lost()
    {
        Edit(LogFile, "[end 0]\n", "");

        Lost("load/s0: the write '[end 0]' is not in the file log");
    }

    [Fact]
    public void A_write_that_is_twice_in_its_file_is_found()
    {
        Edit(LogFile, "[start 0]", "[start 0][start 0]");

        Twice("load/s0: the write '[start 0]' is 2 times in the file log");
    }

    [Fact]
    public void Writes_in_another_order_are_lost()
    {
        Edit(LogFile, "[start 0][end 0]\n", "[end 0]\n[start 0]");

        Lost("load/s0: the file log contains");
    }

    [Fact]
    public void An_answered_write_of_a_canceled_feed_must_be_in_its_file()
    {
        Edit(Path.Combine(run.Logs.FilesOf(LateId), "log"), CrashScripts.CanceledText, "");

        Lost("load/s1: the write '[canceled]' is not in the file log");
    }

    [Fact]
    public void A_write_of_a_canceled_feed_must_be_in_the_history()
    {
        run[LateId]
            .RemoveAll(e =>
                e
                    is CallAnnounced
                    {
                        Call: MontyOsCall { Function: OsFunction.AppendText, Arguments: [_, MontyStr { Value: CrashScripts.CanceledText }] }
                    }
            );

        Lost("load/s1: the canceled feed wrote to the file log, but the history does not contain the call");
    }

    [Fact]
    public void A_write_of_a_fork_in_the_files_of_its_source_is_lost()
    {
        File.AppendAllText(LogFile, "[fork]\n");

        Lost("load/s0: the file log contains");
    }

    [Fact]
    public void A_file_with_other_content_is_lost()
    {
        File.AppendAllText(Path.Combine(run.Logs.FilesOf(Id), "state"), "[end 0]");

        Lost("load/s0: the file state contains '[state 0][end 0][end 0]'");
    }

    [Fact]
    public void A_file_that_was_not_renamed_is_lost()
    {
        File.WriteAllText(Path.Combine(run.Logs.FilesOf(Id), "part"), "[part 0]");

        Lost("load/s0: the file part should have been renamed or removed");
    }

    private void Lost(string problem)
    {
        var findings = run.Check().Findings;
        findings.Problems.ShouldContain(p => p.Contains(problem, StringComparison.Ordinal));
        findings.Lost.ShouldBePositive();
    }

    private void Twice(string problem)
    {
        var findings = run.Check().Findings;
        findings.Problems.ShouldContain(p => p.Contains(problem, StringComparison.Ordinal));
        findings.Duplicated.ShouldBePositive();
    }

    private void Open(string problem)
    {
        var findings = run.Check().Findings;
        findings.Problems.ShouldContain(p => p.Contains(problem, StringComparison.Ordinal));
        findings.Open.ShouldBePositive();
    }

    private uint FindCall(CallKind kind) =>
        ((MontyFunctionCall)run[Id].OfType<CallAnnounced>().First(c => c.Kind == kind && c.Call is MontyFunctionCall).Call).CallId;

    private int FindEnd(uint call) => run[Id].FindIndex(e => e is CallAnswered answered && answered.CallId == call);

    private void Replace<T>(SessionId id, Predicate<T> match, Func<T, T> replace)
        where T : SessionEvent
    {
        var index = run[id].FindIndex(e => e is T typed && match(typed));
        run[id][index] = replace((T)run[id][index]);
    }

    private static void RemoveLines(string log, string start) =>
        File.WriteAllLines(log, File.ReadAllLines(log).Where(line => !line.StartsWith(start, StringComparison.Ordinal)));

    private static void Edit(string file, string from, string to)
    {
        var text = File.ReadAllText(file);
        text.ShouldContain(from, Case.Sensitive);
        File.WriteAllText(file, text.Replace(from, to, StringComparison.Ordinal));
    }
}
