using Monty.Host.Ladder.Checks;
using Monty.Host.Ladder.Fixtures;
using Monty.Host.Ladder.Paths;
using Monty.Interop;

namespace Monty.Host.Ladder.Runs;

/// <summary>Runs fixtures on one path.</summary>
internal sealed class FixtureRun(ILadderPath path, TimeProvider time)
{
    /// <summary>Runs one fixture in a session of its own, and checks what comes of it.</summary>
    /// <exception cref="MontyException">The path cannot run anything.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task<FixtureResult> RunAsync(Fixture fixture, CancellationToken cancellationToken)
    {
        if (fixture.Skip is not null)
        {
            return new FixtureResult { Fixture = fixture, Status = FixtureStatus.Skipped };
        }

        var begun = time.GetTimestamp();
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
        catch (LadderPathException failed)
        {
            attempt.Problems.Add($"the path {path.Name} failed: {failed.Message}");
        }

        var holds = attempt.Problems.Count == 0;
        return new FixtureResult
        {
            Fixture = fixture,
            Status = fixture.Xfail is null
                ? holds
                    ? FixtureStatus.Passed
                    : FixtureStatus.Failed
                : holds
                    ? FixtureStatus.UnexpectedPass
                    : FixtureStatus.ExpectedFailure,
            Value = (attempt.End as MontyComplete)?.Value,
            Error = attempt.End switch
            {
                MontyFailed failed => failed.Error,
                MontyTypingFailed typing => new PythonError("TypingError", typing.Diagnostics),
                _ => null,
            },
            Problems = attempt.Problems,
            Duration = time.GetElapsedTime(begun),
        };
    }

    /// <summary>One fixture under way.</summary>
    private sealed class Attempt(Fixture fixture)
    {
        private readonly ScriptedHost host = new(fixture.Host);
        private IReadOnlyDictionary<string, MontyValue> inputs = fixture.Inputs;

        public List<string> Problems { get; } = [];

        /// <summary>How the last feed ended; null while there is none.</summary>
        public MontyProgress? End { get; private set; }

        public async Task RunAsync(ILadderSession session, CancellationToken cancellationToken)
        {
            for (var index = 0; index < fixture.Steps.Count; index++)
            {
                await TakeAsync(session, fixture.Steps[index], cancellationToken).ConfigureAwait(false);
                if (Problems.Count == 0)
                {
                    continue;
                }

                if (fixture.Steps.Count > 1)
                {
                    Problems[0] = $"step {index + 1}: {Problems[0]}";
                }

                return; // what follows builds on this step
            }

            Problems.AddRange(CallChecks.Check(fixture.Calls, host.Served, host.CallIds));
            if (fixture.PrintLines is { } lines)
            {
                Problems.AddRange(PrintChecks.Check(lines, host.Printed.Lines));
            }

            Problems.AddRange(host.Left);
        }

        private async Task TakeAsync(ILadderSession session, FixtureStep step, CancellationToken cancellationToken)
        {
            if (step.Snapshot)
            {
                await session.SnapshotAsync(cancellationToken).ConfigureAwait(false);
            }

            if (step.Continuation is { } wanted)
            {
                var found = PythonContinuation.Detect(step.Code);
                if (found != wanted)
                {
                    Problems.Add($"continuation: {found}, not {wanted}");
                }

                if (found != wanted || found != Continuation.Complete)
                {
                    return;
                }
            }

            var (served, printed) = (host.Served.Count, host.Printed.Lines.Count);
            if (!await FeedAsync(session, step.Code, cancellationToken).ConfigureAwait(false))
            {
                return;
            }

            if (End is MontyTypingFailed && (host.Served.Count > served || host.Printed.Lines.Count > printed))
            {
                Problems.Add("typeCheckExpected: the type check refused the code, which had run before");
            }

            Problems.AddRange(StepChecks.Check(step, fixture.TypeCheck, End!));
        }

        /// <summary>Feeds code and answers its suspensions; false when an answer is missing.</summary>
        private async Task<bool> FeedAsync(ILadderSession session, string code, CancellationToken cancellationToken)
        {
            End = null;
            var feed = new LadderFeed(code, inputs, fixture.TypeCheck?.Stubs);
            var turn = await session.FeedAsync(feed, cancellationToken).ConfigureAwait(false);
            inputs = new Dictionary<string, MontyValue>(); // bound already
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
