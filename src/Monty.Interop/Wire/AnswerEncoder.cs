using System.Diagnostics;
using System.Globalization;

namespace Monty.Interop.Wire;

/// <summary>A host's answer to the request that carries it, refusing an answer that does not fit the suspension.</summary>
internal static class AnswerEncoder
{
    /// <summary>How many call ids a message lists.</summary>
    private const int MaxListedIds = 10;

    /// <summary>The messages around a value in the answer to a call.</summary>
    private const int CallDepth = 3;

    /// <summary>The messages around a value in the outcome of a future.</summary>
    private const int FutureDepth = 4;

    /// <param name="suspension">What the script waits for.</param>
    /// <param name="answer">The answer.</param>
    /// <param name="asyncCalls">The calls in the suspension that are of asynchronous functions, ascending.</param>
    /// <exception cref="ArgumentException">The answer does not fit the suspension, or cannot be sent.</exception>
    /// <exception cref="MontySizeException">It is too large for one frame; nothing of it was encoded.</exception>
    public static ParentRequest Encode(MontySuspension suspension, MontyAnswer answer, EquatableArray<uint> asyncCalls = default)
    {
        RequestSize.RequireAnswer(suspension, answer, asyncCalls.Count);
        return suspension switch
        {
            Interop.MontyFunctionCall when answer is NotHandledAnswer => throw CreateMismatchException(answer, "a function call"),
            Interop.MontyFunctionCall call => ForCall(call, answer, IsAsync(call.CallId, asyncCalls)),
            Interop.MontyOsCall when answer is NotFoundAnswer => throw CreateMismatchException(answer, "an OS call; use NotHandled"),
            Interop.MontyOsCall call => Resume(call.CallId, EncodeResult(answer, "", call.CallId, CallDepth)),
            Interop.MontyNameLookup => ForName(answer),
            Interop.MontyResolveFutures pending => ForFutures(pending, answer, asyncCalls),
            _ => throw new UnreachableException(),
        };
    }

    /// <summary>Why the outcome of a future cannot be sent; null when it can. What can be is taken as the answer to a call too.</summary>
    public static string? WhyRefused(MontyAnswer outcome, bool isAsync)
    {
        try
        {
            RequestSize.RequireOutcome(outcome, isAsync);
            _ = isAsync ? EncodeOutcome(outcome, FutureDepth) : EncodeResult(outcome, "", callId: 0, FutureDepth);
            return null;
        }
        catch (Exception exception) when (exception is ArgumentException or MontySizeException)
        {
            return exception.Message;
        }
    }

    /// <summary>Why an answer cannot be sent, whatever it answers; null when it can.</summary>
    public static string? WhyUnsendable(MontyAnswer answer) =>
        answer switch
        {
            ResolveAnswer resolve => resolve
                .Outcomes.Select(o =>
                    o.Value is ReturnAnswer or RaiseAnswer or NotFoundAnswer
                        ? WhyRefused(o.Value, isAsync: true) is { } reason
                            ? $"The outcome of call {o.Key} cannot be sent: {reason}"
                            : null
                        : $"The outcome of call {o.Key} is neither Return, Raise nor NotFound."
                )
                .FirstOrDefault(reason => reason is not null),
            FutureAnswer or NotHandledAnswer => null,
            _ => WhyRefused(answer, isAsync: true),
        };

    /// <summary>The request that ends a feed by an exception.</summary>
    /// <exception cref="ArgumentException">The exception could not cross.</exception>
    /// <exception cref="MontySizeException">It is too large for one frame.</exception>
    public static ParentRequest EncodeAbort(PythonError error)
    {
        RequestSize.RequireOutcome(MontyAnswer.Raise(error), isAsync: false);
        return new ParentRequest { AbortFeed = new AbortFeed { Exception = EncodeError(error) } };
    }

    private static RaisedException EncodeError(PythonError error)
    {
        ArgumentNullException.ThrowIfNull(error);
        var encoded = new RaisedException { ExcType = RuntimeNames.CheckException(error.Type) };
        if (error.Message is not null)
        {
            encoded.Message = ValueEncoder.Text(error.Message, "message of an exception");
        }

        if (error.Data is not null)
        {
            encoded.Data = ErrorDecoder.EncodeData(error.Data);
        }

        return encoded;
    }

    private static bool IsAsync(uint callId, EquatableArray<uint> asyncCalls) => asyncCalls.AsSpan().BinarySearch(callId) >= 0;

    private static ParentRequest ForCall(Interop.MontyFunctionCall call, MontyAnswer answer, bool isAsync) =>
        Resume(
            call.CallId,
            isAsync && answer is ReturnAnswer
                ? EncodeOutcome(answer, CallDepth)
                : EncodeResult(answer, call.Name, isAsync ? AsyncCalls.MarkFuture(call.CallId) : call.CallId, CallDepth)
        );

    private static ParentRequest Resume(uint callId, ExtFunctionResult result) =>
        new()
        {
            ResumeCall = new ResumeCall { CallId = callId, Result = result },
        };

    private static ParentRequest ForName(MontyAnswer answer) =>
        new()
        {
            ResumeNameLookup = answer switch
            {
                ReturnAnswer x => new ResumeNameLookup { Value = ValueEncoder.Encode(x.Value, 2) },
                RaiseAnswer x => new ResumeNameLookup { Error = EncodeError(x.Error) },
                NotFoundAnswer => new ResumeNameLookup { Undefined = new Unit() },
                _ => throw CreateMismatchException(answer, "a name lookup; use Return, Raise or NotFound"),
            },
        };

    private static ParentRequest ForFutures(Interop.MontyResolveFutures pending, MontyAnswer answer, EquatableArray<uint> asyncCalls)
    {
        if (answer is not ResolveAnswer resolve)
        {
            throw CreateMismatchException(answer, "pending futures; use Resolve");
        }

        var pendingIds = pending.PendingCallIds.ToHashSet();
        var request = new ResumeFutures();
        foreach (var (callId, outcome) in resolve.Outcomes.OrderBy(o => o.Key))
        {
            if (outcome is null)
            {
                throw new ArgumentException($"The outcome of call {callId} is null. Use Return, Raise or NotFound.");
            }

            if (outcome is not (ReturnAnswer or RaiseAnswer or NotFoundAnswer))
            {
                throw CreateMismatchException(outcome, "a future; use Return, Raise or NotFound");
            }

            if (!pendingIds.Contains(callId))
            {
                throw new ArgumentException(
                    $"No future of call {callId} is waited for: pending are {ListOf(pending.PendingCallIds)}. The runtime would end the feed."
                );
            }

            request.Results.Add(
                IsAsync(callId, asyncCalls)
                    ? new FutureResult { CallId = AsyncCalls.MarkFuture(callId), Result = EncodeOutcome(outcome, FutureDepth) }
                    : new FutureResult { CallId = callId, Result = EncodeResult(outcome, "", callId, FutureDepth) }
            );
        }

        return new ParentRequest { ResumeFutures = request };
    }

    private static string ListOf(EquatableArray<uint> callIds) =>
        callIds.Count <= MaxListedIds
            ? string.Join(", ", callIds)
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{string.Join(", ", callIds.Take(MaxListedIds))} and {callIds.Count - MaxListedIds} more"
            );

    private static ExtFunctionResult EncodeResult(MontyAnswer answer, string name, uint callId, int depth) =>
        answer switch
        {
            ReturnAnswer x => new ExtFunctionResult { ReturnValue = ValueEncoder.Encode(x.Value, depth) },
            RaiseAnswer x => new ExtFunctionResult { Error = EncodeError(x.Error) },
            FutureAnswer => new ExtFunctionResult { Future = callId },
            NotFoundAnswer => new ExtFunctionResult { NotFound = name },
            NotHandledAnswer => new ExtFunctionResult { NotHandled = new Unit() },
            _ => throw CreateMismatchException(answer, "a call; use Return, Raise, Future or NotFound"),
        };

    /// <summary>
    /// What an asynchronous function gets for its call: a value or an exception, and which of the two. It raises the exception itself, so that the child of a gather can catch
    /// it. An exception that carries data fails the future instead, as an exception object has none.
    /// </summary>
    private static ExtFunctionResult EncodeOutcome(MontyAnswer outcome, int depth) =>
        outcome switch
        {
            ReturnAnswer x => EncodePair(MontyBool.True, x.Value, depth),
            RaiseAnswer { Error.Data: null } x => EncodePair(MontyBool.False, ToObject(x.Error), depth),
            NotFoundAnswer => EncodePair(MontyBool.False, new MontyExceptionObject("NameError", "name '' is not defined"), depth),
            _ => EncodeResult(outcome, "", callId: 0, depth),
        };

    private static MontyExceptionObject ToObject(PythonError error) =>
        new(error.Type, error.Message is null ? null : ValueEncoder.Text(error.Message, "message of an exception"));

    private static ExtFunctionResult EncodePair(MontyBool isValue, MontyValue outcome, int depth) =>
        new() { ReturnValue = ValueEncoder.Encode(new MontyTuple([isValue, outcome]), depth) };

    private static ArgumentException CreateMismatchException(MontyAnswer answer, string suspension) =>
        new($"{answer.GetType().Name.Replace("Answer", "", StringComparison.Ordinal)} does not answer {suspension}.");
}
