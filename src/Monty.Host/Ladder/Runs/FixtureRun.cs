using Monty.Host.Ladder.Checks;
using Monty.Host.Ladder.Fixtures;
using Monty.Host.Ladder.Paths;
using Monty.Interop;

namespace Monty.Host.Ladder.Runs;

/// <summary>Runs fixtures on one path.</summary>
internal sealed class FixtureRun(ILadderPath path, TimeProvider time)
{
    /// <summary>Runs one fixture in its own session, and checks the result.</summary>
    /// <exception cref="MontyException">The path cannot run any fixture.</exception>
    /// <exception cref="OperationCanceledException">The token was canceled.</exception>
    public async Task<FixtureResult> RunAsync(Fixture fixture, CancellationToken cancellationToken)
    {
        if (fixture.Skip is not null)
        {
            return new FixtureResult { Fixture = fixture, Status = FixtureStatus.Skipped };
        }

        var start = time.GetTimestamp();
        var attempt = new Attempt(fixture);
        try
        {
            var setup = new LadderSetup(fixture.ScriptName, fixture.Limits);
            var session = await path.OpenAsync(setup, cancellationToken).ConfigureAwait(false);
            await using (session.ConfigureAwait(false))
            {
                await attempt.RunAsync(session, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (LadderPathException exception)
        {
            attempt.Problems.Add($"the path {path.Name} failed: {exception.Message}");
        }

        return new FixtureResult
        {
            Fixture = fixture,
            Status = GetStatus(fixture, hasPassed: attempt.Problems.Count == 0),
            Value = (attempt.End as MontyComplete)?.Value,
            Error = GetError(attempt.End),
            Problems = attempt.Problems,
            Duration = time.GetElapsedTime(start),
        };
    }

    private static FixtureStatus GetStatus(Fixture fixture, bool hasPassed)
    {
        if (fixture.Xfail is null)
        {
            return hasPassed ? FixtureStatus.Passed : FixtureStatus.Failed;
        }

        return hasPassed ? FixtureStatus.UnexpectedPass : FixtureStatus.ExpectedFailure;
    }

    private static PythonError? GetError(MontyProgress? end) =>
        end switch
        {
            MontyFailed failed => failed.Error,
            MontyTypingFailed typingFailed => new PythonError("TypingError", typingFailed.Diagnostics),
            _ => null,
        };

    /// <summary>One run of a fixture.</summary>
    private sealed class Attempt(Fixture fixture)
    {
        private readonly ScriptedHost host = new(fixture.Host);
        private IReadOnlyDictionary<string, MontyValue> inputs = fixture.Inputs;

        public List<string> Problems { get; } = [];

        /// <summary>The end of the last feed, or null if no feed has ended.</summary>
        public MontyProgress? End { get; private set; }

        public async Task RunAsync(ILadderSession session, CancellationToken cancellationToken)
        {
            for (var index = 0; index < fixture.Steps.Count; index++)
            {
                await RunStepAsync(session, fixture.Steps[index], cancellationToken).ConfigureAwait(false);
                if (Problems.Count == 0)
                {
                    continue;
                }

                if (fixture.Steps.Count > 1)
                {
                    Problems[0] = $"step {index + 1}: {Problems[0]}";
                }

                return; // The following steps depend on this one.
            }

            Problems.AddRange(CallChecks.Check(fixture.Calls, host.ServedCalls, host.CallIds));
            if (fixture.PrintLines is { } lines)
            {
                Problems.AddRange(PrintChecks.Check(lines, host.Printed.Lines));
            }

            Problems.AddRange(host.UnusedAnswers);
        }

        private async Task RunStepAsync(ILadderSession session, FixtureStep step, CancellationToken cancellationToken)
        {
            if (step.Snapshot)
            {
                await session.SnapshotAsync(cancellationToken).ConfigureAwait(false);
            }

            if (step.Continuation is { } expected)
            {
                var actual = PythonContinuation.Detect(step.Code);
                if (actual != expected)
                {
                    Problems.Add($"continuation: {actual}, not {expected}");
                }

                if (actual != expected || actual != Continuation.Complete)
                {
                    return;
                }
            }

            var callsBefore = host.ServedCalls.Count;
            var linesBefore = host.Printed.Lines.Count;
            if (!await FeedAsync(session, step.Code, cancellationToken).ConfigureAwait(false))
            {
                return;
            }

            var hasRun = host.ServedCalls.Count > callsBefore || host.Printed.Lines.Count > linesBefore;
            if (End is MontyTypingFailed && hasRun)
            {
                Problems.Add("typeCheckExpected: the type check found errors, but the code had already run");
            }

            Problems.AddRange(StepChecks.Check(step, fixture.TypeCheck, End!));
        }

        /// <summary>Feeds code and answers its suspensions. Returns false if an answer is missing.</summary>
        private async Task<bool> FeedAsync(ILadderSession session, string code, CancellationToken cancellationToken)
        {
            End = null;
            var feed = new LadderFeed(code, inputs, fixture.TypeCheck?.Stubs);
            var turn = await session.FeedAsync(feed, cancellationToken).ConfigureAwait(false);
            inputs = new Dictionary<string, MontyValue>(); // The first feed has set the inputs.
            host.Printed.Add(turn.Printed);
            while (turn.Progress is MontySuspension suspension)
            {
                var reply = host.Answer(suspension);
                if (reply.Answer is not { } answer)
                {
                    Problems.Add(reply.Problem!);
                    return false;
                }

                turn = await session.AnswerAsync(suspension, answer, cancellationToken).ConfigureAwait(false);
                host.Printed.Add(turn.Printed);
            }

            End = turn.Progress;
            return true;
        }
    }
}
