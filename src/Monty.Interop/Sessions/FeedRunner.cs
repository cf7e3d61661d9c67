using System.Diagnostics;
using Monty.Interop.Wire;

namespace Monty.Interop.Sessions;

/// <summary>Runs one feed of a session to its end.</summary>
internal sealed class FeedRunner
{
    private readonly MontySession session;
    private readonly FeedOptions feed;
    private readonly FeedAnswers answers;
    private readonly PrintCollector? printed;

    /// <exception cref="ArgumentException">Two tools have the same name.</exception>
    public FeedRunner(MontySession session, FeedOptions feed)
    {
        this.session = session;
        this.feed = feed;
        answers = new FeedAnswers(session, feed);
        printed = feed.OnPrint is null ? new PrintCollector(feed.MaxPrintBytes) : null;
    }

    public async Task<MontyResult> RunAsync(string code, CancellationToken cancellationToken)
    {
        var options = WithLentObjects(printed is null ? feed : feed with { OnPrint = printed.Add });
        var progress = await session.StartAsync(code, options, cancellationToken).ConfigureAwait(false);
        return await RunToEndAsync(progress, cancellationToken).ConfigureAwait(false);
    }

    public Task<MontyResult> ContinueAsync(MontySuspension pending, CancellationToken cancellationToken)
    {
        session.PrintTo(printed is null ? feed.OnPrint : printed.Add);
        return RunToEndAsync(pending, cancellationToken);
    }

    private FeedOptions WithLentObjects(FeedOptions options)
    {
        if (options.HostObjects is not { Count: > 0 } lent)
        {
            return options;
        }

        var inputs = new Dictionary<string, MontyValue>(options.Inputs ?? new Dictionary<string, MontyValue>());
        foreach (var (name, item) in lent)
        {
            if (!inputs.TryAdd(name, session.HostObjects.Lend(item.Class, item.Target, item.Id)))
            {
                throw new ArgumentException($"The name '{name}' is both in Inputs and in HostObjects. Rename one of them.");
            }
        }

        return options with
        {
            Inputs = inputs,
        };
    }

    private async Task<MontyResult> RunToEndAsync(MontyProgress progress, CancellationToken cancellationToken)
    {
        using var feedEnd = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, session.Disposal);
        try
        {
            var end = await AnswerLoop
                .RunAsync(
                    progress,
                    suspension => answers.AnswerAsync(suspension, feedEnd.Token, cancellationToken),
                    (suspension, answer) => ProceedAsync(suspension, answer, cancellationToken)
                )
                .ConfigureAwait(false);
            return Result(end);
        }
        catch (Exception exception)
        {
            // Usually the feed was canceled between two turns. It ends here, and the session accepts another feed.
            if (session.CanAbort)
            {
                await session
                    .AbortAsync(new PythonError("KeyboardInterrupt", "the host gave up the feed"), CancellationToken.None)
                    .ConfigureAwait(false);
            }

            if (exception is not OperationCanceledException cancelled || cancelled.CancellationToken != feedEnd.Token)
            {
                throw;
            }

            cancellationToken.ThrowIfCancellationRequested();
            throw MontySession.CreateDisposedException();
        }
        finally
        {
            await feedEnd.CancelAsync().ConfigureAwait(false);
        }
    }

    private MontyResult Result(MontyProgress end) =>
        end switch
        {
            MontyComplete complete => new MontyResult(
                complete.Value,
                complete.ExecutionTime,
                printed?.ToString() ?? "",
                session.CheckWarnings.Concat(answers.Warnings).ToEquatableArray()
            ),
            MontyFailed failed => throw new MontyScriptException(failed, printed?.ToString() ?? ""),
            MontyTypingFailed typing => throw new MontyTypeCheckException(typing.Report!),
            _ => throw new UnreachableException(),
        };

    /// <summary>Sends an answer. If it is refused, an exception is raised in its place once, so that the feed can continue.</summary>
    private async ValueTask<MontyProgress> ProceedAsync(MontySuspension suspension, MontyAnswer answer, CancellationToken cancellationToken)
    {
        if (suspension is MontyResolveFutures { PendingCallIds.Count: 0 })
        {
            return await session
                .AbortAsync(
                    new PythonError(
                        "RuntimeError",
                        "the script awaited a call of an earlier feed, which ended with that feed; await every call in the feed that makes it"
                    ),
                    cancellationToken
                )
                .ConfigureAwait(false);
        }

        var progress = await TryAnswerAsync(suspension, answer, cancellationToken).ConfigureAwait(false);
        if (progress is ProtocolViolation first)
        {
            answers.Refused(suspension, first.Reason);
        }

        if (progress is ProtocolViolation && answer is ResolveAnswer several)
        {
            answer = RefusedAnswer.ReplaceUnsendable(several, session.IsAsyncCall);
            progress = await TryAnswerAsync(suspension, answer, cancellationToken).ConfigureAwait(false);
        }

        while (progress is ProtocolViolation && answer is ResolveAnswer { Outcomes.Count: > 1 } refusedTogether)
        {
            answer = RefusedAnswer.TakeHalf(refusedTogether); // until only the refused outcome is left
            progress = await TryAnswerAsync(suspension, answer, cancellationToken).ConfigureAwait(false);
        }

        if (progress is ProtocolViolation refused)
        {
            answer = RefusedAnswer.Raise(answer, refused.Reason);
            progress = await TryAnswerAsync(suspension, answer, cancellationToken).ConfigureAwait(false);
        }

        answers.Delivered(answer);
        return progress is ProtocolViolation last
            ? throw new ArgumentException($"Neither the host's answer nor an exception in its place can be sent: {last.Reason}")
            : progress;
    }

    private async ValueTask<MontyProgress> TryAnswerAsync(
        MontySuspension suspension,
        MontyAnswer answer,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return await session.TryAnswerAsync(suspension, answer, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception refused) when (refused is ArgumentException or MontySizeException && ReferenceEquals(session.Pending, suspension))
        {
            return new ProtocolViolation(refused.Message);
        }
    }
}
