namespace Monty.Interop.Wire;

/// <summary>Counts the bytes of requests before they are built, and throws for those that do not fit into a frame.</summary>
internal static class RequestSize
{
    /// <summary>The maximum number of bytes of outcomes in one answer to pending futures. The rest of a frame is left for the messages around them.</summary>
    public const int MaxOutcomes = FrameParser.MaxBodyBytes - 16;

    /// <summary>The maximum number of bytes that the answer to a call of an asynchronous function needs beyond those of other answers: a tuple around the outcome, and longer ids.</summary>
    public const int MaxAsyncOverhead = 48;

    /// <exception cref="MontySizeException">The request is larger than a frame may be.</exception>
    public static void RequireFeed(string code, IReadOnlyDictionary<string, MontyValue>? inputs)
    {
        var size = OfFeed(code, inputs);
        if (size > FrameParser.MaxBodyBytes)
        {
            throw CreateException($"The feed, whose largest part is {FindLargestPart(code, inputs)},", size);
        }
    }

    private static string FindLargestPart(string code, IReadOnlyDictionary<string, MontyValue>? inputs)
    {
        var largestPart = "the code";
        var largestSize = WireSize.OfPlainText(Feed.CodeFieldNumber, code);
        foreach (var (name, value) in inputs ?? new Dictionary<string, MontyValue>())
        {
            var size = WireSize.Of(value);
            if (size > largestSize)
            {
                largestPart = $"the input '{Values.ValuePath.Shorten(name)}'";
                largestSize = size;
            }
        }

        return largestPart;
    }

    /// <exception cref="MontySizeException">The request is larger than a frame may be.</exception>
    public static void RequireAnswer(MontySuspension suspension, MontyAnswer answer, int asyncCalls)
    {
        var size = OfAnswer(suspension, answer);
        if (size > FrameParser.MaxBodyBytes - ((long)asyncCalls * MaxAsyncOverhead))
        {
            throw CreateException("The answer", size);
        }
    }

    /// <exception cref="MontySizeException">The outcome of one future is larger than a frame may be.</exception>
    public static void RequireOutcome(MontyAnswer outcome, bool isAsync)
    {
        var size = OfOutcome(uint.MaxValue, outcome);
        if (size > FrameParser.MaxBodyBytes - (isAsync ? MaxAsyncOverhead : 0))
        {
            throw CreateException("The answer", size);
        }
    }

    /// <summary>Throws for a text that does not fit into a request that consists of this text and a few names and numbers.</summary>
    /// <exception cref="MontySizeException">The request is larger than a frame may be.</exception>
    public static void RequireText(string text, string subject)
    {
        const int MaxOverhead = 256; // for the names and numbers beside the text
        var size = Utf8Length.Of(text) + MaxOverhead;
        if (size > FrameParser.MaxBodyBytes)
        {
            throw CreateException($"The {subject}", size);
        }
    }

    public static MontySizeException CreateException(string subject, long size) =>
        new(
            $"{subject} cannot be sent to the worker: it",
            size,
            FrameParser.MaxBodyBytes,
            "bytes",
            "Send the data in smaller pieces, in several feeds or calls."
        );

    public static long OfFeed(string? code, IReadOnlyDictionary<string, MontyValue>? inputs)
    {
        var size = WireSize.OfPlainText(Feed.CodeFieldNumber, code);
        foreach (var (name, value) in inputs ?? new Dictionary<string, MontyValue>())
        {
            size += WireSize.OfField(
                Feed.InputsFieldNumber,
                WireSize.OfPlainText(NamedValue.NameFieldNumber, name) + WireSize.OfField(NamedValue.ValueFieldNumber, WireSize.Of(value))
            );
        }

        return WireSize.OfField(ParentRequest.FeedFieldNumber, size);
    }

    public static long OfAnswer(MontySuspension suspension, MontyAnswer answer) =>
        suspension switch
        {
            Interop.MontyFunctionCall call => WireSize.OfField(ParentRequest.ResumeCallFieldNumber, OfCall(call.CallId, answer, call.Name)),
            Interop.MontyOsCall call => WireSize.OfField(ParentRequest.ResumeCallFieldNumber, OfCall(call.CallId, answer, "")),
            Interop.MontyNameLookup => WireSize.OfField(ParentRequest.ResumeNameLookupFieldNumber, OfName(answer)),
            _ => WireSize.OfField(ParentRequest.ResumeFuturesFieldNumber, OfFutures(answer)),
        };

    /// <summary>Returns the number of bytes of one outcome in the answer to pending futures.</summary>
    public static long OfOutcome(uint callId, MontyAnswer outcome) =>
        WireSize.OfField(ResumeFutures.ResultsFieldNumber, OfCall(callId, outcome, ""));

    private static long OfFutures(MontyAnswer answer)
    {
        long size = 0;
        foreach (var (callId, outcome) in (answer as ResolveAnswer)?.Outcomes ?? new Dictionary<uint, MontyAnswer>())
        {
            size += OfOutcome(callId, outcome);
        }

        return size;
    }

    private static long OfCall(uint callId, MontyAnswer answer, string name) =>
        WireSize.OfPlainNumber(ResumeCall.CallIdFieldNumber, callId)
        + WireSize.OfField(
            ResumeCall.ResultFieldNumber,
            answer switch
            {
                ReturnAnswer x => WireSize.OfField(ExtFunctionResult.ReturnValueFieldNumber, WireSize.Of(x.Value)),
                RaiseAnswer x => WireSize.OfField(ExtFunctionResult.ErrorFieldNumber, OfError(x.Error)),
                FutureAnswer => WireSize.OfNumber(ExtFunctionResult.FutureFieldNumber, callId),
                NotFoundAnswer => WireSize.OfText(ExtFunctionResult.NotFoundFieldNumber, name),
                _ => WireSize.OfField(ExtFunctionResult.NotHandledFieldNumber, 0),
            }
        );

    private static long OfName(MontyAnswer answer) =>
        answer switch
        {
            ReturnAnswer x => WireSize.OfField(ResumeNameLookup.ValueFieldNumber, WireSize.Of(x.Value)),
            RaiseAnswer x => WireSize.OfField(ResumeNameLookup.ErrorFieldNumber, OfError(x.Error)),
            _ => WireSize.OfField(ResumeNameLookup.UndefinedFieldNumber, 0),
        };

    private static long OfError(PythonError? error)
    {
        if (error is null)
        {
            return 0;
        }

        var size =
            WireSize.OfPlainText(RaisedException.ExcTypeFieldNumber, error.Type)
            + WireSize.OfText(RaisedException.MessageFieldNumber, error.Message);
        return error.Data switch
        {
            Interop.UnicodeErrorData x => size
                + WireSize.OfField(RaisedException.DataFieldNumber, WireSize.OfField(ExcData.UnicodeFieldNumber, OfUnicodeData(x))),
            Interop.JsonErrorData x => size
                + WireSize.OfField(RaisedException.DataFieldNumber, WireSize.OfField(ExcData.JsonFieldNumber, OfJsonData(x))),
            _ => size,
        };
    }

    private static long OfUnicodeData(Interop.UnicodeErrorData data) =>
        WireSize.OfPlainText(UnicodeErrorData.EncodingFieldNumber, data.Encoding)
        + data.Source switch
        {
            MontyBytes bytes => WireSize.OfField(UnicodeErrorData.ObjectBytesFieldNumber, bytes.Value.Length),
            MontyStr text => WireSize.OfText(UnicodeErrorData.ObjectStrFieldNumber, text.Value),
            _ => 0,
        }
        + WireSize.OfPlainNumber(UnicodeErrorData.StartFieldNumber, data.Start)
        + WireSize.OfPlainNumber(UnicodeErrorData.EndFieldNumber, data.End)
        + WireSize.OfPlainText(UnicodeErrorData.ReasonFieldNumber, data.Reason);

    private static long OfJsonData(Interop.JsonErrorData data) =>
        WireSize.OfPlainText(JsonErrorData.MsgFieldNumber, data.Message)
        + WireSize.OfText(JsonErrorData.DocFieldNumber, data.Document)
        + WireSize.OfPlainNumber(JsonErrorData.PosFieldNumber, data.Position)
        + WireSize.OfPlainNumber(JsonErrorData.LinenoFieldNumber, data.Line)
        + WireSize.OfPlainNumber(JsonErrorData.ColnoFieldNumber, data.Column);
}
