using System.Text;
using Monty.Actors.Tools;
using Monty.Interop;

namespace Monty.Actors.Turns;

/// <summary>Answers the suspensions of a turn that the engine can answer without an effect, and records them for the history.</summary>
/// <remarks>Not thread-safe. Used for one turn.</remarks>
internal sealed class InlineAnswers(
    SessionId session,
    OpenFeed feed,
    EngineTools tools,
    SessionFiles os,
    MontyEngineOptions options,
    CancellationToken cancellationToken
)
{
    private readonly StringBuilder printed = new();
    private readonly List<TurnStep> steps = [];
    private readonly HashSet<uint> delivered = [.. feed.Delivering];
    private OsReply lastOs;

    /// <summary>The suspensions that were answered, in order.</summary>
    public EquatableArray<TurnStep> Steps => steps.ToEquatableArray();

    /// <summary>The length of the file that the suspending call appends to, or null if the turn ended otherwise.</summary>
    public long? FileLength => lastOs.FileLength;

    public void Print(string text) => printed.Append(text);

    /// <summary>Returns the text that was printed since the last call of this method.</summary>
    public string TakePrinted()
    {
        var text = printed.ToString();
        printed.Clear();
        return text;
    }

    /// <summary>The text that was printed in the turn so far.</summary>
    public string AllPrinted => string.Concat(steps.Select(s => s.Printed).Append(printed.ToString()));

    /// <summary>Returns the answer, or null if the turn must end because the suspension has an effect or waits.</summary>
    public MontyAnswer? Answer(MontySuspension suspension)
    {
        lastOs = default;
        var found = options.Host is { } host ? host(session, printed.ToString(), suspension, cancellationToken) : Find(suspension);
        if (found is not { } answer)
        {
            return null;
        }

        if (answer is ReturnAnswer or RaiseAnswer)
        {
            answer = HandlerAnswer.Sendable(answer);
        }

        steps.Add(new TurnStep(TakePrinted(), suspension, answer) { FilesChangedAt = lastOs.FilesChangedAt });
        return answer;
    }

    private MontyAnswer? Find(MontySuspension suspension) =>
        suspension switch
        {
            MontyNameLookup lookup => lookup.ObjectId is null && tools.Has(lookup.Name)
                ? MontyAnswer.Return(new MontyFunction(lookup.Name))
                : MontyAnswer.NotFound,
            MontyFunctionCall call => Call(call),
            MontyOsCall call => (lastOs = os.Ask(call, cancellationToken)).Answer,
            MontyResolveFutures awaited => Deliver(awaited),
            _ => null,
        };

    private MontyAnswer? Call(MontyFunctionCall call)
    {
        if (call.IsMethodCall)
        {
            return MontyAnswer.Raise("AttributeError", $"the host object has no attribute '{call.Name}'");
        }

        if (tools.Find(call.Name) is not { } tool)
        {
            return call.Name switch
            {
                EngineTools.Now => Bare(call) ?? MontyAnswer.Return(MontyValue.From(options.TimeProvider.GetUtcNow())),
                EngineTools.NewId => Bare(call) ?? MontyAnswer.Return(Guid.NewGuid().ToString()),
                _ => MontyAnswer.NotFound,
            };
        }

        if (tool.Kind == CallKind.Timer && TimerCall.Check(call) is { } badTimer)
        {
            return MontyAnswer.Raise(badTimer);
        }

        if (tool.Kind == CallKind.Signal && SignalCall.Check(call) is { } badSignal)
        {
            return MontyAnswer.Raise(badSignal);
        }

        return tool.IsReadOnly ? Run(tool, call)
            : tool.IsAsync ? MontyAnswer.Future
            : null;
    }

    private MontyAnswer Run(DurableTool tool, MontyFunctionCall call)
    {
        using var late = new CancellationTokenSource();
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, late.Token);
        using var timer = options.TimeProvider.CreateTimer(
            _ => _ = HandlerCancellation.RunAsync(late.CancelAsync, session, options),
            null,
            tool.Timeout < options.TurnTimeout ? tool.Timeout.Value : options.TurnTimeout,
            Timeout.InfiniteTimeSpan
        );
        try
        {
            var given = tool.Handler!(new DurableCall(session, feed.Number, call, 1, TurnEvents.HashOf(call)), over.Token);
            return MontyAnswer.Return(
                given.IsCompletedSuccessfully ? given.Result : given.AsTask().WaitAsync(over.Token).GetAwaiter().GetResult()
            ); // the turn's thread waits for its worker anyway
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return MontyAnswer.Raise("TimeoutError", $"{tool.Name} did not answer in time");
        }
        catch (Exception exception) when (!(exception is OperationCanceledException && cancellationToken.IsCancellationRequested))
        {
            if (exception is not PythonException)
            {
                options.Report(
                    $"The handler of {tool.Name} threw in call {call.CallId} in feed {feed.Number} of {session}. The script sees only {exception.GetType().Name}.",
                    exception
                );
            }

            return HandlerAnswer.Of(exception);
        }
    }

    /// <summary>Returns the answers that are available already, or null if there are none.</summary>
    private MontyAnswer? Deliver(MontyResolveFutures awaited)
    {
        var ready = awaited.PendingCallIds.Where(id => !delivered.Contains(id) && feed.Answers.Contains(id)).ToList();
        if (ready.Count == 0)
        {
            return null;
        }

        delivered.UnionWith(ready);
        return MontyAnswer.Resolve(ready.ToDictionary(id => id, id => feed.Answers.Find(id)!));
    }

    private static MontyAnswer? Bare(MontyFunctionCall call) =>
        call.Arguments.Count + call.Keywords.Count == 0
            ? null
            : MontyAnswer.Raise("TypeError", $"{call.Name}() takes no arguments ({call.Arguments.Count + call.Keywords.Count} given)");
}
