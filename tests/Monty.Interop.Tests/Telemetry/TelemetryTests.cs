using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Runtime.Versioning;
using Monty.Testing;
using Shouldly;
using Xunit;

namespace Monty.Interop.Tests.Telemetry;

/// <summary>Activities and metrics are emitted as docs/concepts/telemetry.md says. The meter is shared by the process, so no other test runs at the same time.</summary>
[Collection(ProcessCountingCollection.Name)]
[SupportedOSPlatform("linux")]
public sealed class TelemetryTests
{
    [Fact]
    public void The_names_match_the_documentation()
    {
        string[] names =
        [
            MontyTelemetry.Name,
            MontyTelemetry.TurnActivity,
            MontyTelemetry.TurnDuration,
            MontyTelemetry.CheckoutDuration,
            MontyTelemetry.Workers,
            MontyTelemetry.WorkerFailures,
            MontyTelemetry.HandlerErrors,
            MontyTelemetry.OutcomeTag,
            MontyTelemetry.FailureTag,
            MontyTelemetry.HandlerTag,
            MontyTelemetry.ErrorTypeTag,
        ];

        names.ShouldBe([
            "Monty.Interop",
            "monty.turn",
            "monty.turn.duration",
            "monty.pool.checkout.duration",
            "monty.pool.workers",
            "monty.worker.failures",
            "monty.handler.errors",
            "monty.turn.outcome",
            "monty.worker.failure",
            "monty.handler",
            "error.type",
        ]);
    }

    [LinuxFact]
    public async Task A_turn_is_a_child_activity_of_its_caller_and_carries_its_outcome()
    {
        var ended = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is MontyTelemetry.Name or "caller",
            Sample = (ref _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = ended.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        using var callers = new ActivitySource("caller");
        using var pool = new MontyPool();
        using var session = await pool.OpenSessionAsync().InTime();
        using var caller = callers.StartActivity("request");

        await session
            .FeedAsync(
                "fetch(name)",
                new FeedOptions
                {
                    Tools = [MontyTool.Sync("fetch", _ => 1)],
                    Names = new Dictionary<string, MontyValue> { ["name"] = 2 },
                }
            )
            .InTime();
        await Should.ThrowAsync<MontyScriptException>(() => session.FeedAsync("1 / 0").InTime());

        var turns = ended.Where(a => a.OperationName == MontyTelemetry.TurnActivity).ToList();
        turns.Select(a => a.GetTagItem(MontyTelemetry.OutcomeTag)).ShouldBe(["name_lookup", "function_call", "complete", "failed"]);
        turns.ShouldAllBe(a => a.ParentSpanId == caller!.SpanId);
    }

    [LinuxFact]
    public async Task Defining_an_asynchronous_tool_is_not_recorded_as_a_turn()
    {
        var ended = new ConcurrentQueue<Activity>();
        var started = 0;
        var isDeferred = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is MontyTelemetry.Name,
            Sample = (ref _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStarted = _ =>
            {
                if (++started == 3)
                {
                    isDeferred.SetResult(); // the third turn answers the call with a future
                }
            },
            ActivityStopped = ended.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        using var pool = new MontyPool();
        using var session = await pool.OpenSessionAsync().InTime();
        var fetch = MontyTool.Async(
            "fetch",
            async (_, _) =>
            {
                await isDeferred.Task;
                return 1;
            }
        );

        await session.FeedAsync("x = 1").InTime();
        await session.FeedAsync("await fetch()", new FeedOptions { Tools = [fetch] }).InTime();
        await pool.TurnAsync(null, new FeedTurn("await fetch()") { AsyncFunctions = ["fetch"] }).InTime();

        ended
            .Select(a => a.GetTagItem(MontyTelemetry.OutcomeTag))
            .ShouldBe(["complete", "function_call", "resolve_futures", "complete", "function_call"]);
    }

    [LinuxFact]
    public async Task A_stateless_turn_is_an_activity_as_well()
    {
        var ended = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is MontyTelemetry.Name,
            Sample = (ref _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = ended.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        using var runtime = new WrappedRuntime();
        using var pool = new MontyPool(new MontyPoolOptions { RuntimePath = runtime.Path });

        var (_, waiting, dump) = await pool.TurnAsync(null, new FeedTurn("x = f()")).InTime();
        await pool.TurnAsync(dump, new AnswerTurn((MontySuspension)waiting, MontyAnswer.Return(1))).InTime();
        await Should.ThrowAsync<ArgumentException>(() => pool.TurnAsync(dump, new FeedTurn("1")).InTime());
        await Should.ThrowAsync<MontyWorkerException>(() =>
            pool.TurnAsync(null, new FeedTurn("f()"), new TurnOptions { AnswerInline = Die }).InTime()
        );

        ended.Select(a => a.GetTagItem(MontyTelemetry.OutcomeTag)).ShouldBe(["function_call", "complete", "failed", "broken"]);

        MontyAnswer Die(MontySuspension call)
        {
            WrappedRuntime.Kill(runtime.Started[^1]);
            return MontyAnswer.Return(1);
        }
    }

    [LinuxFact]
    public async Task Turns_checkouts_workers_and_failures_are_measured()
    {
        var measured = new ConcurrentQueue<Measurement>();
        using (
            var listener = new MeterListener
            {
                InstrumentPublished = (i, l) =>
                {
                    if (i.Meter.Name == MontyTelemetry.Name)
                    {
                        l.EnableMeasurementEvents(i);
                    }
                },
            }
        )
        {
            listener.SetMeasurementEventCallback<double>(
                (i, value, tags, _) => measured.Enqueue(new Measurement(i.Name, value, Show(tags)))
            );
            listener.SetMeasurementEventCallback<long>((i, value, tags, _) => measured.Enqueue(new Measurement(i.Name, value, Show(tags))));
            listener.Start();
            using var runtime = new WrappedRuntime();
            using (var pool = new MontyPool(new MontyPoolOptions { RuntimePath = runtime.Path }))
            {
                using var session = await pool.OpenSessionAsync().InTime();
                await session.FeedAsync("1").InTime();
                WrappedRuntime.Kill(runtime.Started[0]);
                await Should.ThrowAsync<MontyWorkerException>(() => session.FeedAsync("2").InTime());
            }
        }

        measured
            .Where(m => m.Name == MontyTelemetry.TurnDuration)
            .Select(m => m.Tags)
            .ShouldBe(["monty.turn.outcome=complete", "monty.turn.outcome=broken"]);
        measured.Where(m => m.Name == MontyTelemetry.CheckoutDuration).ShouldHaveSingleItem();
        measured.Where(m => m.Name == MontyTelemetry.Workers).Select(m => m.Value).ShouldBe([1d, -1d]);
        measured
            .Where(m => m.Name == MontyTelemetry.WorkerFailures)
            .ShouldBe([new Measurement(MontyTelemetry.WorkerFailures, 1d, "monty.worker.failure=Crashed")]);
        measured.ShouldAllBe(m => m.Value < TestTimeouts.Generous.TotalSeconds, "durations are seconds");
    }

    [LinuxFact]
    public async Task Exceptions_of_handlers_are_counted_by_their_type_and_without_their_text()
    {
        var measured = new ConcurrentQueue<(long Value, string Tags)>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (i, l) =>
            {
                if (i is { Meter.Name: MontyTelemetry.Name, Name: MontyTelemetry.HandlerErrors })
                {
                    l.EnableMeasurementEvents(i);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((_, value, tags, _) => measured.Enqueue((value, Show(tags))));
        listener.Start();
        using var pool = new MontyPool();
        using var session = await pool.OpenSessionAsync().InTime();

        await session
            .FeedAsync(
                "import os\nfor f in (price, lambda: os.getenv('HOME')):\n    try:\n        f()\n    except Exception:\n        pass",
                new FeedOptions
                {
                    Tools = [MontyTool.Sync("price", MontyValue (_) => throw new FormatException("Password=hunter2"))],
                    OnOsCall = (_, _) => throw new KeyNotFoundException("Password=hunter2"),
                }
            )
            .InTime();

        measured.ShouldBe([
            (1, "monty.handler=function_call,error.type=System.FormatException"),
            (1, "monty.handler=os_call,error.type=System.Collections.Generic.KeyNotFoundException"),
        ]);
    }

    private static string Show(ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        string.Join(',', tags.ToArray().Select(t => $"{t.Key}={t.Value}"));

    private sealed record Measurement(string Name, double Value, string Tags);
}
