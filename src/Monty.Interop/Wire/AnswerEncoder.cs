using System.Diagnostics;

namespace Monty.Interop.Wire;

/// <summary>A host's answer to the request that carries it, refusing an answer that does not fit the suspension.</summary>
internal static class AnswerEncoder
{
    /// <exception cref="ArgumentException">The answer does not fit the suspension, or could not cross.</exception>
    /// <exception cref="MontySizeException">It is too large for one frame; nothing of it was encoded.</exception>
    public static ParentRequest Encode(MontySuspension suspension, MontyAnswer answer)
    {
        RequestSize.RequireAnswer(suspension, answer);
        return suspension switch
        {
            Interop.MontyFunctionCall call => ForCall(
                call.CallId,
                answer is NotHandledAnswer ? throw CreateMismatchException(answer, "a function call") : EncodeResult(answer, call.Name, 3)
            ),
            Interop.MontyOsCall call => ForCall(
                call.CallId,
                answer is NotFoundAnswer ? throw CreateMismatchException(answer, "an OS call; use NotHandled") : EncodeResult(answer, "", 3)
            ),
            Interop.MontyNameLookup => ForName(answer),
            Interop.MontyResolveFutures pending => ForFutures(pending, answer),
            _ => throw new UnreachableException(),
        };
    }

    /// <summary>Why the outcome of a future cannot be sent, or null when it can.</summary>
    public static string? WhyRefused(MontyAnswer outcome)
    {
        try
        {
            RequestSize.RequireOutcome(outcome);
            EncodeResult(outcome, "", 4);
            return null;
        }
        catch (Exception exception) when (exception is ArgumentException or MontySizeException)
        {
            return exception.Message;
        }
    }

    /// <summary>The request that ends a feed by an exception.</summary>
    /// <exception cref="ArgumentException">The exception could not cross.</exception>
    /// <exception cref="MontySizeException">It is too large for one frame.</exception>
    public static ParentRequest EncodeAbort(PythonError error)
    {
        RequestSize.RequireOutcome(MontyAnswer.Raise(error));
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

    private static ParentRequest ForCall(uint callId, ExtFunctionResult result)
    {
        if (result.KindCase == ExtFunctionResult.KindOneofCase.Future)
        {
            result.Future = callId;
        }

        return new ParentRequest
        {
            ResumeCall = new ResumeCall { CallId = callId, Result = result },
        };
    }

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

    private static ParentRequest ForFutures(Interop.MontyResolveFutures pending, MontyAnswer answer)
    {
        if (answer is not ResolveAnswer resolve)
        {
            throw CreateMismatchException(answer, "pending futures; use Resolve");
        }

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

            if (!pending.PendingCallIds.Contains(callId))
            {
                throw new ArgumentException(
                    $"No future of call {callId} is waited for: pending are {string.Join(", ", pending.PendingCallIds)}. The runtime would end the feed."
                );
            }

            request.Results.Add(new FutureResult { CallId = callId, Result = EncodeResult(outcome, "", 4) });
        }

        return new ParentRequest { ResumeFutures = request };
    }

    private static ExtFunctionResult EncodeResult(MontyAnswer answer, string name, int depth) =>
        answer switch
        {
            ReturnAnswer x => new ExtFunctionResult { ReturnValue = ValueEncoder.Encode(x.Value, depth) },
            RaiseAnswer x => new ExtFunctionResult { Error = EncodeError(x.Error) },
            FutureAnswer => new ExtFunctionResult { Future = 0 },
            NotFoundAnswer => new ExtFunctionResult { NotFound = name },
            NotHandledAnswer => new ExtFunctionResult { NotHandled = new Unit() },
            _ => throw CreateMismatchException(answer, "a call; use Return, Raise, Future or NotFound"),
        };

    private static ArgumentException CreateMismatchException(MontyAnswer answer, string suspension) =>
        new($"{answer.GetType().Name.Replace("Answer", "", StringComparison.Ordinal)} does not answer {suspension}.");
}
