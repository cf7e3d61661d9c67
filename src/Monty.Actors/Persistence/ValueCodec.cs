using System.Text;
using Google.Protobuf;
using Monty.Interop;

namespace Monty.Actors.Persistence;

/// <summary>Encodes values, errors, suspensions, answers and outcomes as protobuf, and decodes them.</summary>
internal static class ValueCodec
{
    public static ByteString Write(MontyValue value) => ByteString.CopyFromUtf8(MontyJson.Serialize(value));

    public static MontyValue ReadValue(ByteString value) => MontyJson.Parse(value.Span);

    public static Proto.Named Write(KeyValuePair<string, MontyValue> pair) => new() { Name = pair.Key, Value = Write(pair.Value) };

    public static EquatableArray<KeyValuePair<string, MontyValue>> Read(IEnumerable<Proto.Named> pairs) =>
        pairs.Select(p => KeyValuePair.Create(p.Name, ReadValue(p.Value))).ToEquatableArray();

    public static Proto.Answer Write(MontyAnswer answer) =>
        answer switch
        {
            ReturnAnswer returned => new Proto.Answer { Returned = Write(returned.Value) },
            RaiseAnswer raised => new Proto.Answer { Raised = Write(raised.Error) },
            NotFoundAnswer => new Proto.Answer { NotFound = new Proto.Empty() },
            NotHandledAnswer => new Proto.Answer { NotHandled = new Proto.Empty() },
            FutureAnswer => new Proto.Answer { Future = new Proto.Empty() },
            _ => throw new ArgumentException($"A {answer.GetType().Name} cannot be stored.", nameof(answer)),
        };

    public static MontyAnswer Read(Proto.Answer? answer) =>
        answer?.KindCase switch
        {
            Proto.Answer.KindOneofCase.Returned => MontyAnswer.Return(ReadValue(answer.Returned)),
            Proto.Answer.KindOneofCase.Raised => MontyAnswer.Raise(Read(answer.Raised)),
            Proto.Answer.KindOneofCase.NotFound => MontyAnswer.NotFound,
            Proto.Answer.KindOneofCase.NotHandled => MontyAnswer.NotHandled,
            Proto.Answer.KindOneofCase.Future => MontyAnswer.Future,
            _ => throw new StoredFormatException("an answer of an unknown kind"),
        };

    public static Proto.Suspension Write(MontySuspension suspension) =>
        suspension switch
        {
            MontyFunctionCall call => new Proto.Suspension { Function = WriteCall(call) },
            MontyOsCall call => new Proto.Suspension
            {
                Os = new Proto.OsCall
                {
                    Function = (int)call.Function,
                    CallId = call.CallId,
                    Arguments = { call.Arguments.Select(Write) },
                },
            },
            MontyNameLookup lookup => new Proto.Suspension { Name = WriteLookup(lookup) },
            MontyResolveFutures futures => new Proto.Suspension { Futures = new Proto.Futures { CallIds = { futures.PendingCallIds } } },
            _ => throw new ArgumentException($"A {suspension.GetType().Name} cannot be stored.", nameof(suspension)),
        };

    public static MontySuspension Read(Proto.Suspension? suspension) =>
        suspension?.KindCase switch
        {
            Proto.Suspension.KindOneofCase.Function => new MontyFunctionCall(
                suspension.Function.Name,
                suspension.Function.Arguments.Select(ReadValue).ToEquatableArray(),
                Read(suspension.Function.Keywords),
                suspension.Function.CallId,
                suspension.Function.HasObjectId ? new Guid(suspension.Function.ObjectId.Span) : null
            ),
            Proto.Suspension.KindOneofCase.Os => new MontyOsCall(
                ReadFunction(suspension.Os.Function),
                suspension.Os.Arguments.Select(ReadValue).ToEquatableArray(),
                suspension.Os.CallId
            ),
            Proto.Suspension.KindOneofCase.Name => new MontyNameLookup(
                suspension.Name.Name,
                suspension.Name.HasObjectId ? new Guid(suspension.Name.ObjectId.Span) : null
            ),
            Proto.Suspension.KindOneofCase.Futures => new MontyResolveFutures(suspension.Futures.CallIds.ToEquatableArray()),
            _ => throw new StoredFormatException("a suspension of an unknown kind"),
        };

    public static Proto.Outcome Write(FeedOutcome outcome) =>
        outcome switch
        {
            FeedOutcome.Completed completed => new Proto.Outcome { Completed = Write(completed.Value) },
            FeedOutcome.Failed failed => new Proto.Outcome
            {
                Failed = new Proto.Failure { Error = Write(failed.Error), Origin = (int)failed.Origin },
            },
            FeedOutcome.Cancelled cancelled => new Proto.Outcome { Cancelled = cancelled.Reason },
            FeedOutcome.Rejected rejected => new Proto.Outcome { Rejected = rejected.Diagnostics },
            _ => throw new ArgumentException($"A {outcome.GetType().Name} cannot be stored.", nameof(outcome)),
        };

    public static FeedOutcome Read(Proto.Outcome? outcome) =>
        outcome?.KindCase switch
        {
            Proto.Outcome.KindOneofCase.Completed => new FeedOutcome.Completed(ReadValue(outcome.Completed)),
            Proto.Outcome.KindOneofCase.Failed => new FeedOutcome.Failed(Read(outcome.Failed.Error), (FailureOrigin)outcome.Failed.Origin),
            Proto.Outcome.KindOneofCase.Cancelled => new FeedOutcome.Cancelled(outcome.Cancelled),
            Proto.Outcome.KindOneofCase.Rejected => new FeedOutcome.Rejected(outcome.Rejected),
            _ => throw new StoredFormatException("an outcome of an unknown kind"),
        };

    private static Proto.FunctionCall WriteCall(MontyFunctionCall call)
    {
        var written = new Proto.FunctionCall
        {
            Name = call.Name,
            CallId = call.CallId,
            Arguments = { call.Arguments.Select(Write) },
            Keywords = { call.Keywords.Select(Write) },
        };
        if (call.ObjectId is { } id)
        {
            written.ObjectId = ByteString.CopyFrom(id.ToByteArray());
        }

        return written;
    }

    private static Proto.NameLookup WriteLookup(MontyNameLookup lookup)
    {
        var written = new Proto.NameLookup { Name = lookup.Name };
        if (lookup.ObjectId is { } id)
        {
            written.ObjectId = ByteString.CopyFrom(id.ToByteArray());
        }

        return written;
    }

    private static OsFunction ReadFunction(int function) =>
        Enum.IsDefined((OsFunction)function)
            ? (OsFunction)function
            : throw new StoredFormatException($"an OS call of the unknown kind {function}");

    private static Proto.Error Write(PythonError error)
    {
        var written = new Proto.Error { Type = error.Type, Frames = { error.Frames.Select(Write) } };
        if (error.Message is { } message)
        {
            written.Message = message;
        }

        if (error.Data is UnicodeErrorData unicode)
        {
            written.Unicode = new Proto.UnicodeData
            {
                Encoding = unicode.Encoding,
                Source = Write(unicode.Source),
                Start = unicode.Start,
                End = unicode.End,
                Reason = unicode.Reason,
            };
        }
        else if (error.Data is JsonErrorData json)
        {
            written.Json = new Proto.JsonData
            {
                Message = json.Message,
                Position = json.Position,
                Line = json.Line,
                Column = json.Column,
            };
            if (json.Document is { } document)
            {
                written.Json.Document = document;
            }
        }

        return written;
    }

    private static PythonError Read(Proto.Error? error) =>
        error is null
            ? throw new StoredFormatException("an error is missing")
            : new(
                error.Type,
                error.HasMessage ? error.Message : null,
                error.Frames.Select(Read).ToEquatableArray(),
                error.DataCase switch
                {
                    Proto.Error.DataOneofCase.Unicode => new UnicodeErrorData(
                        error.Unicode.Encoding,
                        ReadValue(error.Unicode.Source),
                        error.Unicode.Start,
                        error.Unicode.End,
                        error.Unicode.Reason
                    ),
                    Proto.Error.DataOneofCase.Json => new JsonErrorData(
                        error.Json.Message,
                        error.Json.HasDocument ? error.Json.Document : null,
                        error.Json.Position,
                        error.Json.Line,
                        error.Json.Column
                    ),
                    _ => null,
                }
            );

    private static Proto.Frame Write(PythonFrame frame)
    {
        var written = new Proto.Frame
        {
            FileName = frame.FileName,
            StartLine = frame.Start.Line,
            StartColumn = frame.Start.Column,
            EndLine = frame.End.Line,
            EndColumn = frame.End.Column,
            HideCaret = frame.HideCaret,
            HideFunctionName = frame.HideFunctionName,
        };
        if (frame.FunctionName is { } name)
        {
            written.FunctionName = name;
        }

        if (frame.PreviewLine is { } preview)
        {
            written.PreviewLine = preview;
        }

        return written;
    }

    private static PythonFrame Read(Proto.Frame frame) =>
        new(
            frame.FileName,
            new SourceLocation(frame.StartLine, frame.StartColumn),
            new SourceLocation(frame.EndLine, frame.EndColumn),
            frame.HasFunctionName ? frame.FunctionName : null,
            frame.HasPreviewLine ? frame.PreviewLine : null,
            frame.HideCaret,
            frame.HideFunctionName
        );
}
