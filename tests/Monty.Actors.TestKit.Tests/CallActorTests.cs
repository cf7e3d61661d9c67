using System.Collections.Concurrent;
using Akka.Actor;
using Akka.TestKit;
using Monty.Actors.Actors;
using Monty.Actors.Turns;
using Monty.Interop;
using Monty.Testing;
using Shouldly;
using Xunit;

namespace Monty.Actors.TestKit.Tests;

/// <summary>Tests that a call actor runs the handler of one call, or waits for its time, and reports the result to the entity.</summary>
public sealed class CallActorTests : ActorTest
{
    private readonly TestProbe entity;
    private readonly ConcurrentQueue<TaskCompletionSource<MontyValue>> attempts = new();
    private readonly TaskCompletionSource cancelled = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public CallActorTests() => entity = CreateTestProbe();

    [Fact]
    public async Task A_handler_runs_once_and_its_answer_is_sent_to_the_entity()
    {
        var call = Start(CreateCall(CallKind.Handler));
        call.Tell(new CallUpdated(CreateCall(CallKind.Handler))); // the same call, stored once more
        (await AttemptAsync()).SetResult(7);

        var progress = await entity.ExpectMsgAsync<CallProgressed>(Generous);
        (progress.Feed, progress.CallId).ShouldBe((1, 5u));
        progress.Command.ShouldBeOfType<EndCallCommand>().Answer.ShouldBe(MontyAnswer.Return(7));
        attempts.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_retry_starts_at_its_time_and_not_before_it_is_stored()
    {
        var call = Start(CreateCall(CallKind.Handler));
        (await AttemptAsync()).SetException(new InvalidOperationException("no"));
        var retry = (await entity.ExpectMsgAsync<CallProgressed>(Generous)).Command.ShouldBeOfType<RetryCommand>();
        attempts.ShouldBeEmpty();

        call.Tell(new CallUpdated(CreateCall(CallKind.Handler) with { FailedAttempts = 1, RetryAt = retry.RetryAt }));
        await PassAsync(retry.RetryAt - Time.GetUtcNow());
        (await entity.ExpectMsgAsync<CallProgressed>(Generous)).Command.ShouldBeOfType<TimersElapsedCommand>();
        attempts.ShouldBeEmpty();

        call.Tell(new CallUpdated(CreateCall(CallKind.Handler) with { FailedAttempts = 1 }));
        (await AttemptAsync()).SetResult(1);
        (await entity.ExpectMsgAsync<CallProgressed>(Generous)).Command.ShouldBeOfType<EndCallCommand>();
    }

    [Fact]
    public async Task A_timer_is_reported_when_the_clock_says_that_it_is_due_even_if_that_is_far_off()
    {
        Start(CreateCall(CallKind.Timer) with { DueAt = Time.GetUtcNow() + TimeSpan.FromMinutes(2.5) });

        await PassAsync(TimeSpan.FromMinutes(1));
        await PassAsync(TimeSpan.FromMinutes(1));
        entity.HasMessages.ShouldBeFalse();
        await PassAsync(TimeSpan.FromMinutes(0.5));

        (await entity.ExpectMsgAsync<CallProgressed>(Generous))
            .Command.ShouldBeOfType<TimersElapsedCommand>()
            .Now.ShouldBe(Time.GetUtcNow());
    }

    [Fact]
    public async Task A_canceled_call_waits_for_its_handler_and_reports_an_answer_that_still_arrives()
    {
        var call = Start(CreateCall(CallKind.Handler));
        await WatchAsync(call);
        var attempt = await AttemptAsync();

        call.Tell(CancelCall.Instance);
        await cancelled.Task.InTime();
        attempt.SetResult(3);

        (await entity.ExpectMsgAsync<CallProgressed>(Generous)).Command.ShouldBeOfType<EndCallCommand>();
        await ExpectTerminatedAsync(call, Generous);
    }

    [Fact]
    public async Task A_canceled_call_whose_handler_returns_nothing_stops()
    {
        var call = Start(CreateCall(CallKind.Handler));
        await WatchAsync(call);
        var attempt = await AttemptAsync();

        call.Tell(CancelCall.Instance);
        await cancelled.Task.InTime();
        attempt.SetCanceled();

        await ExpectTerminatedAsync(call, Generous);
        entity.HasMessages.ShouldBeFalse();
    }

    [Fact]
    public async Task A_handler_that_failed_as_its_call_was_canceled_reports_its_failure_and_stops()
    {
        var (reported, held) = (new TaskCompletionSource(), new ManualResetEventSlim());
        var call = Start(
            CreateCall(CallKind.Handler),
            (_, _) =>
            {
                reported.SetResult();
                held.Wait();
            }
        );
        await WatchAsync(call);
        (await AttemptAsync()).SetException(new InvalidOperationException("no"));
        await reported.Task.InTime();

        call.Tell(CancelCall.Instance);
        await call.Ask<ActorIdentity>(new Identify(1), Generous); // the call is canceled
        held.Set();

        (await entity.ExpectMsgAsync<CallProgressed>(Generous)).Command.ShouldBeOfType<RetryCommand>();
        await ExpectTerminatedAsync(call, Generous);
    }

    [Fact]
    public async Task A_call_that_waits_for_an_answer_from_outside_stops_immediately_when_it_is_canceled()
    {
        var call = Start(CreateCall(CallKind.External));
        await WatchAsync(call);

        call.Tell(CancelCall.Instance);

        await ExpectTerminatedAsync(call, Generous);
    }

    [Fact]
    public async Task A_call_that_ends_otherwise_cancels_its_handler()
    {
        var call = Start(CreateCall(CallKind.Handler));
        await AttemptAsync();

        Sys.Stop(call);

        await cancelled.Task.InTime();
    }

    private static OpenCall CreateCall(CallKind kind) => new(5, new MontyFunctionCall("work", [], [], 5), kind, "hash", DueAt: null);

    private IActorRef Start(OpenCall call, Action<string, Exception?>? onProblem = null)
    {
        var tool = DurableTool.Handled(
            "work",
            async (_, token) =>
            {
                var attempt = new TaskCompletionSource<MontyValue>(TaskCreationOptions.RunContinuationsAsynchronously);
                using var registration = token.Register(cancelled.SetResult);
                attempts.Enqueue(attempt);
                try
                {
                    return await attempt.Task;
                }
                catch (OperationCanceledException)
                {
                    token.ThrowIfCancellationRequested();
                    throw;
                }
            }
        ) with
        {
            MaxAttempts = 3,
        };
        var settings = CreateSettings(options => options with { Tools = [tool], OnProblem = onProblem ?? options.OnProblem });
        var files = new SessionFiles(Id, settings.Options);
        return entity.ChildActorOf(Props.Create<CallActor>(Id, new OpenedCall(1, call, false), settings, files));
    }

    private async Task<TaskCompletionSource<MontyValue>> AttemptAsync()
    {
        TaskCompletionSource<MontyValue>? attempt = null;
        await TestTasks.UntilAsync(() => attempts.TryDequeue(out attempt));
        return attempt!;
    }
}
