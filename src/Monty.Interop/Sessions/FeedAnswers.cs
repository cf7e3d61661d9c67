using System.Diagnostics;
using Monty.Interop.HostObjects;
using Monty.Interop.Tools;

namespace Monty.Interop.Sessions;

/// <summary>Answers the suspensions of one feed from its tools, its names, its handlers and the objects that the session has lent.</summary>
/// <remarks>Not thread-safe. Answer one suspension at a time.</remarks>
internal sealed class FeedAnswers
{
    private readonly MontySession session;
    private readonly FeedOptions feed;
    private readonly HostCalls host;
    private readonly HandlerErrors errors;
    private readonly OpenFutures futures;

    /// <exception cref="ArgumentException">Two tools have the same name.</exception>
    public FeedAnswers(MontySession session, FeedOptions feed)
    {
        this.session = session;
        this.feed = feed;
        var tools = feed.Tools as MontyToolSet ?? new MontyToolSet(feed.Tools);
        session.HostObjects.Register(tools.Classes);
        host = new HostCalls(session.HostObjects, tools);
        errors = new HandlerErrors(feed, session.HostObjects);
        futures = new OpenFutures(errors, session.Time);
    }

    /// <summary>Returns a warning for each call that the script started and did not await to its end.</summary>
    public IEnumerable<string> Warnings => futures.Warnings;

    /// <summary>Answers a suspension. An exception of a handler is turned into an answer.</summary>
    /// <param name="suspension">The suspension.</param>
    /// <param name="feedEnd">Canceled when the feed ends.</param>
    /// <param name="cancellationToken">The caller's token. When it is canceled, <see cref="OperationCanceledException"/> is thrown instead of being turned into an answer.</param>
    public async ValueTask<MontyAnswer?> AnswerAsync(
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
                MontyOsCall call => await CallOsAsync(call, feedEnd).ConfigureAwait(false),
                MontyNameLookup lookup => LookUp(lookup),
                MontyResolveFutures waiting => await futures.ResolveAsync(waiting, feedEnd).ConfigureAwait(false),
                _ => throw new UnreachableException(),
            };
        }
        catch (Exception exception)
            when (suspension is MontyFunctionCall or MontyOsCall or MontyNameLookup
                && !(exception is OperationCanceledException && cancellationToken.IsCancellationRequested)
            )
        {
            return errors.Answer(suspension, exception, feedEnd);
        }
    }

    /// <summary>Reports to the host that its answer was refused.</summary>
    public void Refused(MontySuspension suspension, string reason) => errors.Report(suspension, new ArgumentException(reason));

    /// <summary>Records that the script has received an answer.</summary>
    public void Delivered(MontyAnswer answer)
    {
        if (answer is ResolveAnswer resolve)
        {
            futures.Close(resolve.Outcomes.Keys);
        }
    }

    private async ValueTask<MontyAnswer> CallAsync(MontyFunctionCall call, CancellationToken feedEnd)
    {
        if (host.FindTarget(call) is var (tool, receiver))
        {
            var brought = new ToolCall(call, session.HostObjects, receiver);
            return tool.IsAsync
                ? futures.Start(tool, brought, session.IsAsyncCall(call.CallId), feedEnd)
                : MontyAnswer.Return(await tool.Handler(brought, feedEnd).ConfigureAwait(false));
        }

        if (feed.OnUnknownCall is { } handler)
        {
            return await handler(call, feedEnd).ConfigureAwait(false)
                ?? throw new PythonException("TypeError", "the host's answer cannot be sent: the handler returned null");
        }

        return call.IsMethodCall
            ? MontyAnswer.Raise("AttributeError", $"the host object has no attribute '{call.Name}'")
            : MontyAnswer.NotFound;
    }

    private async ValueTask<MontyAnswer> CallOsAsync(MontyOsCall call, CancellationToken feedEnd)
    {
        if (feed.OnOsCall is { } handler && await handler(call, feedEnd).ConfigureAwait(false) is { } answer)
        {
            return answer;
        }

        return feed.Os?.Answer(call) ?? MontyAnswer.NotHandled;
    }

    private MontyAnswer LookUp(MontyNameLookup lookup)
    {
        if (host.FindValue(lookup) is { } known)
        {
            return known;
        }

        return lookup.ObjectId is null && feed.Names?.TryGetValue(lookup.Name, out var value) == true
            ? MontyAnswer.Return(value)
            : MontyAnswer.NotFound;
    }
}
