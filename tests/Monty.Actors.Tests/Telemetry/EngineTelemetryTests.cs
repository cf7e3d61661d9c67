using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Monty.Actors.Tests.Engine;
using Monty.Interop;
using Monty.Testing;
using Monty.Testing.Engine;
using Shouldly;
using Xunit;

namespace Monty.Actors.Tests.Telemetry;

/// <summary>Tests the metrics under the names of docs/concepts/telemetry.md. The meter belongs to the process, so no other tests run in parallel.</summary>
[CollectionDefinition(nameof(EngineTelemetryTests), DisableParallelization = true)]
[Collection(nameof(EngineTelemetryTests))]
public sealed class EngineTelemetryTests
{
    private static readonly SessionId Id = new("tenant", "session");

    [Fact]
    public void The_metrics_have_the_documented_names()
    {
        string[] names =
        [
            MontyEngineTelemetry.Name,
            MontyEngineTelemetry.LiveSessions,
            MontyEngineTelemetry.Recoveries,
            MontyEngineTelemetry.Rebuilds,
            MontyEngineTelemetry.Quarantines,
            MontyEngineTelemetry.AppendDuration,
            MontyEngineTelemetry.FailedAttempts,
            MontyEngineTelemetry.EndedCalls,
            MontyEngineTelemetry.EndTag,
        ];

        names.ShouldBe([
            "Monty.Actors",
            "monty.session.live",
            "monty.session.recoveries",
            "monty.session.rebuilds",
            "monty.session.quarantines",
            "monty.append.duration",
            "monty.call.failed_attempts",
            "monty.call.ended",
            "monty.call.end",
        ]);
    }

    [Fact]
    public async Task Sessions_appends_and_calls_are_measured_and_a_quarantine_is_reported_without_its_evidence()
    {
        ConcurrentQueue<string> problems = [];
        var store = new MemoryStore();
        var measured = new ConcurrentQueue<(string Name, double Value, string Tags)>();
        using (
            var listener = new MeterListener
            {
                InstrumentPublished = (i, l) =>
                {
                    if (i.Meter.Name == MontyEngineTelemetry.Name)
                    {
                        l.EnableMeasurementEvents(i);
                    }
                },
            }
        )
        {
            listener.SetMeasurementEventCallback<double>((i, value, tags, _) => measured.Enqueue((i.Name, value, Show(tags))));
            listener.SetMeasurementEventCallback<long>((i, value, tags, _) => measured.Enqueue((i.Name, value, Show(tags))));
            listener.Start();
            var flaky = DurableTool.Handled(
                "flaky",
                (call, _) => call.Attempt == 1 ? throw new HttpRequestException("no route") : new(1)
            ) with
            {
                MaxAttempts = 2,
                RetryDelay = TimeSpan.Zero,
            };
            var options = new MontyEngineOptions
            {
                Store = store,
                Tools = [flaky, DurableTool.External("ask")],
                OnProblem = (problem, _) => problems.Enqueue(problem),
                AnswerFirstAfter = TimeSpan.FromDays(1), // a command is acknowledged only after its turn
            };
            await using (var engine = await MontyEngine.StartAsync(options, Token))
            {
                (await engine.RunAsync(Id, "flaky()", cancellationToken: Token).InTime()).ShouldBe(new FeedOutcome.Completed(1));
                await engine.SendAsync(Id, new FeedCommand("dropped", "ask('secret')"), Token);
                await engine.SendAsync(Id, new CancelCommand("cancel", "enough"), Token);
                await engine.EventAsync(Id, e => e is FeedEnded { Outcome: FeedOutcome.Cancelled });
                await engine.SendAsync(Id, new FeedCommand("asked", "ask('secret')"), Token);
            }

            var changed = new RewrittenStore(store)
            {
                Dump = d => d with { Runtime = "monty 0.0.1" },
                Event = e =>
                    e is CallAnnounced { Call: MontyFunctionCall { Name: "ask" } call } announced
                        ? announced with
                        {
                            Call = call with { Arguments = ["another"] },
                        }
                        : e,
            };
            await using (var engine = await MontyEngine.StartAsync(options with { Store = changed }, Token))
            {
                await engine.SendAsync(Id, new AnswerCommand("answer", 3, 0, MontyAnswer.Return(1)), Token);
                await engine.EventAsync(Id, e => e is SessionQuarantined);
            }
        }

        Sum(MontyEngineTelemetry.LiveSessions).ShouldBe(0);
        measured.Where(m => m.Name == MontyEngineTelemetry.LiveSessions).Select(m => m.Value).ShouldBe([1d, -1d, 1d, -1d]);
        Sum(MontyEngineTelemetry.Recoveries).ShouldBe(1);
        Sum(MontyEngineTelemetry.Rebuilds).ShouldBe(1);
        Sum(MontyEngineTelemetry.Quarantines).ShouldBe(1);
        Sum(MontyEngineTelemetry.FailedAttempts).ShouldBe(1);
        measured
            .Where(m => m.Name == MontyEngineTelemetry.EndedCalls)
            .Select(m => m.Tags)
            .ShouldBe(["monty.call.end=answered", "monty.call.end=dropped", "monty.call.end=answered"]);
        measured.Count(m => m.Name == MontyEngineTelemetry.AppendDuration).ShouldBeGreaterThan(5);
        measured
            .Where(m => m.Name == MontyEngineTelemetry.AppendDuration)
            .ShouldAllBe(m => m.Value >= 0 && m.Value < TestTimeouts.Generous.TotalSeconds, "durations are seconds");
        var told = problems.Single(p => p.Contains("quarantine", StringComparison.Ordinal));
        told.ShouldContain("tenant/session is quarantined: a replay differed from the history");
        told.ShouldNotContain("another");
        told.ShouldNotContain("secret");

        double Sum(string name) => measured.Where(m => m.Name == name).Sum(m => m.Value);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static string Show(ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        string.Join(',', tags.ToArray().Select(t => $"{t.Key}={t.Value}"));
}
