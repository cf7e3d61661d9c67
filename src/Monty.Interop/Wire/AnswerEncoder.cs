using System.Diagnostics;
using System.Globalization;

namespace Monty.Interop.Wire;

/// <summary>Encodes the host's answers as requests, and refuses an answer that is not possible for the suspension.</summary>
internal static class AnswerEncoder
{
    private const string FunctionAnswers = "Return, Raise, Future or NotFound";

    /// <summary>The maximum number of call ids that a message lists.</summary>
    private const int MaxListedIds = 10;

    /// <summary>The number of messages that enclose a value in the answer to a call.</summary>
    private const int CallDepth = 3;

    /// <summary>The number of messages that enclose a value in the outcome of a future.</summary>
    private const int FutureDepth = 4;

    /// <param name="suspension">The suspension of the script.</param>
    /// <param name="answer">The answer.</param>
    /// <param name="asyncCalls">The ids of the calls in the suspension that are calls of asynchronous functions, in ascending order.</param>
    /// <exception cref="ArgumentException">The answer is not possible for the suspension, or holds a value that cannot be sent.</exception>
    /// <exception cref="MontySizeException">The answer is too large for one frame. Nothing was encoded.</exception>
    public static ParentRequest Encode(MontySuspension suspension, MontyAnswer answer, EquatableArray<uint> asyncCalls = default)
    {
        RequestSize.RequireAnswer(suspension, answer, asyncCalls.Count);
        return suspension switch
        {
            Interop.MontyFunctionCall when answer is NotHandledAnswer => throw CreateMismatchException(
                answer,
                "a function call",
                FunctionAnswers
            ),
            Interop.MontyFunctionCall call => EncodeCall(call, answer, IsAsync(call.CallId, asyncCalls)),
            Interop.MontyOsCall when answer is NotFoundAnswer => throw CreateMismatchException(
                answer,
                "an OS call",
                "Return, Raise, Future or NotHandled"
            ),
            Interop.MontyOsCall call => Resume(call.CallId, EncodeResult(answer, "", call.CallId, CallDepth)),
            Interop.MontyNameLookup => EncodeName(answer),
            Interop.MontyResolveFutures pending => EncodeFutures(pending, answer, asyncCalls),
            _ => throw new UnreachableException(),
        };
    }

    /// <summary>Returns the reason why the outcome of a future cannot be sent, or null if it can be sent. An outcome that can be sent is also valid as the answer to a call.</summary>
    public static string? FindOutcomeProblem(MontyAnswer outcome, bool isAsync)
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

    /// <summary>Returns the reason why an answer cannot be sent for any suspension, or null if it can be sent.</summary>
    public static string? FindProblem(MontyAnswer answer) =>
        answer switch
        {
            ResolveAnswer resolve => resolve
                .Outcomes.Select(o => FindProblem(o.Key, o.Value))
                .FirstOrDefault(problem => problem is not null),
            FutureAnswer or NotHandledAnswer => null,
            _ => FindOutcomeProblem(answer, isAsync: true),
        };

    private static string? FindProblem(uint callId, MontyAnswer outcome)
    {
        if (outcome is not (ReturnAnswer or RaiseAnswer or NotFoundAnswer))
        {
            return $"The outcome of call {callId} is not Return, Raise or NotFound.";
        }

        return FindOutcomeProblem(outcome, isAsync: true) is { } reason ? $"The outcome of call {callId} cannot be sent: {reason}" : null;
    }

    /// <summary>Encodes the request that ends a feed with an exception.</summary>
    /// <exception cref="ArgumentException">The exception cannot be sent.</exception>
    /// <exception cref="MontySizeException">The exception is too large for one frame.</exception>
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
            encoded.Message = ValueEncoder.CheckText(error.Message, "message of an exception");
        }

        if (error.Data is not null)
        {
            encoded.Data = ErrorDecoder.EncodeData(error.Data);
        }

        return encoded;
    }

    private static bool IsAsync(uint callId, EquatableArray<uint> asyncCalls) => asyncCalls.AsSpan().BinarySearch(callId) >= 0;

    private static ParentRequest EncodeCall(Interop.MontyFunctionCall call, MontyAnswer answer, bool isAsync) =>
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

    private static ParentRequest EncodeName(MontyAnswer answer) =>
        new()
        {
            ResumeNameLookup = answer switch
            {
                ReturnAnswer x => new ResumeNameLookup { Value = ValueEncoder.Encode(x.Value, 2) },
                RaiseAnswer x => new ResumeNameLookup { Error = EncodeError(x.Error) },
                NotFoundAnswer => new ResumeNameLookup { Undefined = new Unit() },
                _ => throw CreateMismatchException(answer, "a name lookup", "Return, Raise or NotFound"),
            },
        };

    private static ParentRequest EncodeFutures(Interop.MontyResolveFutures pending, MontyAnswer answer, EquatableArray<uint> asyncCalls)
    {
        if (answer is not ResolveAnswer resolve)
        {
            throw CreateMismatchException(answer, "pending futures", "Resolve");
        }

        var pendingIds = pending.PendingCallIds.ToHashSet();
        var request = new ResumeFutures();
        foreach (var (callId, outcome) in resolve.Outcomes.OrderBy(o => o.Key))
        {
            if (outcome is null)
            {
                throw new ArgumentException(
                    $"The futures cannot be resolved: the outcome of call {callId} is null. Use Return, Raise or NotFound."
                );
            }

            if (outcome is not (ReturnAnswer or RaiseAnswer or NotFoundAnswer))
            {
                throw CreateMismatchException(outcome, "one of the pending futures", "Return, Raise or NotFound");
            }

            if (!pendingIds.Contains(callId))
            {
                throw new ArgumentException(
                    $"The futures cannot be resolved: call {callId} is not pending, and the runtime would end the feed. The pending calls are {ListOf(pending.PendingCallIds)}."
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
            _ => throw CreateMismatchException(answer, "a call", FunctionAnswers),
        };

    /// <summary>
    /// Encodes the outcome of a call for the asynchronous function that waits for it: a flag, and the value or the exception. The function raises the exception
    /// itself, so that a task in a gather can catch it. An exception with data fails the future instead, because an exception object cannot carry data.
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
        new(error.Type, error.Message is null ? null : ValueEncoder.CheckText(error.Message, "message of an exception"));

    private static ExtFunctionResult EncodePair(MontyBool isValue, MontyValue outcome, int depth) =>
        new() { ReturnValue = ValueEncoder.Encode(new MontyTuple([isValue, outcome]), depth) };

    private static ArgumentException CreateMismatchException(MontyAnswer answer, string suspension, string possibleAnswers)
    {
        var name = answer.GetType().Name.Replace("Answer", "", StringComparison.Ordinal);
        return new ArgumentException($"The answer {name} is not possible for {suspension}. Use {possibleAnswers}.");
    }
}
