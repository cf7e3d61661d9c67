using System.Diagnostics;
using Monty.Interop.HostObjects;
using Monty.Interop.Tools;
using Monty.Interop.Wire;

namespace Monty.Interop.Sessions;

/// <summary>Runs one feed to its end: every suspension is answered from the feed's tools, names and handlers.</summary>
/// <remarks>
/// Asynchronous tools are answered with a future at once, so that <c>asyncio.gather</c> runs them at the same time; one that fails before it
/// first waits raises at the call instead, where the script can catch it even inside a gather (docs/concepts/wire.md, futures).
/// </remarks>
internal sealed class FeedRunner
{
    private readonly MontySession session;
    private readonly FeedOptions feed;
    private readonly HostCalls host;
    private readonly SortedDictionary<uint, OpenFuture> futures = [];
    private readonly PrintCollector? printed;

    /// <exception cref="ArgumentException">Two tools are of one name.</exception>
    public FeedRunner(MontySession session, FeedOptions feed)
    {
        this.session = session;
        this.feed = feed;
        var tools = feed.Tools as MontyToolSet ?? new MontyToolSet(feed.Tools);
        host = new HostCalls(session.HostObjects, tools);
        session.HostObjects.Register(tools.Classes);
        printed = feed.OnPrint is null ? new PrintCollector(feed.MaxPrintBytes) : null;
    }

    public async Task<MontyResult> RunAsync(string code, CancellationToken cancellationToken) =>
        await RunToEndAsync(
                await session
                    .StartAsync(code, WithLentObjects(printed is null ? feed : feed with { OnPrint = printed.Add }), cancellationToken)
                    .ConfigureAwait(false),
                cancellationToken
            )
            .ConfigureAwait(false);

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
                throw new ArgumentException($"The name '{name}' is both in Inputs and in HostObjects. Choose another for one of them.");
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
            while (progress is MontySuspension suspension)
            {
                var answer = await AnswerAsync(suspension, feedEnd.Token, cancellationToken).ConfigureAwait(false);
                progress = await ProceedAsync(suspension, answer, cancellationToken).ConfigureAwait(false);
            }

            return progress switch
            {
                MontyComplete complete => new MontyResult(
                    complete.Value,
                    complete.ExecutionTime,
                    printed?.ToString() ?? "",
                    session.CheckWarnings.Concat(WarnOfOpenFutures()).ToEquatableArray()
                ),
                MontyFailed failed => throw new MontyScriptException(failed, printed?.ToString() ?? ""),
                MontyTypingFailed typing => throw new MontyTypeCheckException(typing.Report!),
                _ => throw new UnreachableException(),
            };
        }
        catch (Exception exception)
        {
            // Cancelled between two turns, for the most part: the feed ends, and the session takes another.
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

    private async ValueTask<MontyAnswer> AnswerAsync(
        MontySuspension suspension,
        CancellationToken feedEnd,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return suspension switch
            {
                MontyFunctionCall call => await CallAsync(call, feedEnd).ConfigureAwait(false),
                MontyOsCall call => await AnswerOsCallAsync(call, feedEnd).ConfigureAwait(false),
                MontyNameLookup lookup => LookUp(lookup),
                MontyResolveFutures waiting => await ResolveAsync(waiting, feedEnd).ConfigureAwait(false),
                _ => throw new UnreachableException(),
            };
        }
        catch (Exception exception)
            when (suspension is MontyFunctionCall or MontyOsCall or MontyNameLookup
                && !(exception is OperationCanceledException && cancellationToken.IsCancellationRequested)
            )
        {
            return MontyAnswer.Raise(PythonException.From(exception));
        }
    }

    /// <summary>Sends the answer; one that cannot cross becomes an exception at the same place, so that the feed is not stuck.</summary>
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

        try
        {
            return await session.AnswerAsync(suspension, answer, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception refused) when (refused is ArgumentException or MontySizeException && ReferenceEquals(session.Pending, suspension))
        {
            return await session.AnswerAsync(suspension, Refusal(answer, refused), cancellationToken).ConfigureAwait(false);
        }
    }

    private static MontyAnswer Refusal(MontyAnswer answer, Exception refused)
    {
        if (answer is not ResolveAnswer resolve)
        {
            return Refusal(refused.Message);
        }

        return MontyAnswer.Resolve(
            resolve.Outcomes.ToDictionary(o => o.Key, o => AnswerEncoder.WhyRefused(o.Value) is { } reason ? Refusal(reason) : o.Value)
        );
    }

    /// <summary>A reason quotes the answer, so that half a surrogate pair may be left in it, which would be refused in its turn.</summary>
    private static MontyAnswer Refusal(string reason) =>
        MontyAnswer.Raise("TypeError", $"the host's answer cannot be sent: {string.Concat(reason.EnumerateRunes())}");

    private async ValueTask<MontyAnswer> CallAsync(MontyFunctionCall call, CancellationToken feedEnd)
    {
        if (host.TargetOf(call) is not var (tool, receiver))
        {
            return feed.OnUnknownCall is { } handler ? await handler(call, feedEnd).ConfigureAwait(false)
                : call.IsMethodCall ? MontyAnswer.Raise("AttributeError", $"the host object has no attribute '{call.Name}'")
                : MontyAnswer.NotFound;
        }

        var brought = new ToolCall(call, session.HostObjects, receiver);
        if (!tool.IsAsync)
        {
            return MontyAnswer.Return(await tool.Handler(brought, feedEnd).ConfigureAwait(false));
        }

        var future = OpenFuture.Start(tool, brought, session.Time, feedEnd);
        if (future.FailedAtOnce is { } failure)
        {
            return failure;
        }

        futures.Add(call.CallId, future);
        return MontyAnswer.Future;
    }

    private async ValueTask<MontyAnswer> AnswerOsCallAsync(MontyOsCall call, CancellationToken feedEnd)
    {
        if (feed.OnOsCall is { } handler && await handler(call, feedEnd).ConfigureAwait(false) is { } answer)
        {
            return answer;
        }

        return feed.Os?.Answer(call) ?? MontyAnswer.NotHandled;
    }

    private MontyAnswer LookUp(MontyNameLookup lookup)
    {
        if (host.LookUp(lookup) is { } known)
        {
            return known;
        }

        if (lookup.ObjectId is not null)
        {
            return MontyAnswer.NotFound;
        }

        return feed.Names?.TryGetValue(lookup.Name, out var value) == true ? MontyAnswer.Return(value) : MontyAnswer.NotFound;
    }

    /// <summary>Waits for at least one of the awaited calls, and settles every one that is done, in the order of their ids.</summary>
    private async ValueTask<MontyAnswer> ResolveAsync(MontyResolveFutures waiting, CancellationToken feedEnd)
    {
        var awaited = waiting.PendingCallIds.Where(futures.ContainsKey).ToList();
        if (awaited.Count == 0)
        {
            return MontyAnswer.Resolve(
                waiting.PendingCallIds.ToDictionary(id => id, _ => MontyAnswer.Raise("RuntimeError", "no host function answers this call"))
            );
        }

        await Task.WhenAny(awaited.Select(id => futures[id].Outcome)).WaitAsync(feedEnd).ConfigureAwait(false);
        var outcomes = new Dictionary<uint, MontyAnswer>();
        long size = 0;
        foreach (var id in awaited.Where(id => futures[id].Outcome.IsCompleted))
        {
            var outcome = await futures[id].Outcome.ConfigureAwait(false);
            size += RequestSize.OfOutcome(id, outcome);
            if (size > RequestSize.MaxOutcomes && outcomes.Count > 0)
            {
                break; // the script waits for the rest again
            }

            outcomes[id] = outcome;
            futures.Remove(id);
        }

        return MontyAnswer.Resolve(outcomes);
    }

    private IEnumerable<string> WarnOfOpenFutures() =>
        futures.Values.Select(f =>
            $"Call {f.Call.CallId} of {f.Call.Name} was not awaited to its end: {(f.Outcome.IsCompleted ? "what it gave was dropped" : "its handler was cancelled")} with the feed."
        );
}
