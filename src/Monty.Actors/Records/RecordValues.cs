using System.Text;
using Google.Protobuf;
using Monty.Interop;

namespace Monty.Actors.Records;

/// <summary>A record holds something that cannot be.</summary>
internal sealed class RecordException(string message) : Exception(message);

/// <summary>Values, errors, suspensions and answers as they stand in records.</summary>
internal static class RecordValues
{
    public static ByteString Write(MontyValue value) => ByteString.CopyFromUtf8(MontyJson.Serialize(value));

    public static MontyValue ReadValue(ByteString value) => MontyJson.Parse(value.Span);

    public static Named Write(KeyValuePair<string, MontyValue> pair) => new() { Name = pair.Key, Value = Write(pair.Value) };

    public static EquatableArray<KeyValuePair<string, MontyValue>> Read(IEnumerable<Named> pairs) =>
        pairs.Select(p => KeyValuePair.Create(p.Name, ReadValue(p.Value))).ToEquatableArray();

    public static Answer Write(MontyAnswer answer) =>
        answer switch
        {
            ReturnAnswer returned => new Answer { Returned = Write(returned.Value) },
            RaiseAnswer raised => new Answer { Raised = Write(raised.Error) },
            NotFoundAnswer => new Answer { NotFound = new Empty() },
            NotHandledAnswer => new Answer { NotHandled = new Empty() },
            FutureAnswer => new Answer { Future = new Empty() },
            _ => throw new ArgumentException($"{answer.GetType().Name} stands in no record.", nameof(answer)),
        };

    public static MontyAnswer Read(Answer? answer) =>
        answer?.KindCase switch
        {
            Answer.KindOneofCase.Returned => MontyAnswer.Return(ReadValue(answer.Returned)),
            Answer.KindOneofCase.Raised => MontyAnswer.Raise(Read(answer.Raised)),
            Answer.KindOneofCase.NotFound => MontyAnswer.NotFound,
            Answer.KindOneofCase.NotHandled => MontyAnswer.NotHandled,
            Answer.KindOneofCase.Future => MontyAnswer.Future,
            _ => throw new RecordException("an answer of an unknown kind"),
        };

    public static Suspension Write(MontySuspension suspension) =>
        suspension switch
        {
            Interop.MontyFunctionCall call => new Suspension { Function = WriteCall(call) },
            Interop.MontyOsCall call => new Suspension
            {
                Os = new OsCall
                {
                    Function = (int)call.Function,
                    CallId = call.CallId,
                    Arguments = { call.Arguments.Select(Write) },
                },
            },
            Interop.MontyNameLookup lookup => new Suspension { Name = WriteLookup(lookup) },
            MontyResolveFutures futures => new Suspension { Futures = new Futures { CallIds = { futures.PendingCallIds } } },
            _ => throw new ArgumentException($"{suspension.GetType().Name} stands in no record.", nameof(suspension)),
        };

    public static MontySuspension Read(Suspension? suspension) =>
        suspension?.KindCase switch
        {
            Suspension.KindOneofCase.Function => new Interop.MontyFunctionCall(
                suspension.Function.Name,
                suspension.Function.Arguments.Select(ReadValue).ToEquatableArray(),
                Read(suspension.Function.Keywords),
                suspension.Function.CallId,
                suspension.Function.HasObjectId ? new Guid(suspension.Function.ObjectId.Span) : null
            ),
            Suspension.KindOneofCase.Os => new Interop.MontyOsCall(
                ReadFunction(suspension.Os.Function),
                suspension.Os.Arguments.Select(ReadValue).ToEquatableArray(),
                suspension.Os.CallId
            ),
            Suspension.KindOneofCase.Name => new Interop.MontyNameLookup(
                suspension.Name.Name,
                suspension.Name.HasObjectId ? new Guid(suspension.Name.ObjectId.Span) : null
            ),
            Suspension.KindOneofCase.Futures => new MontyResolveFutures(suspension.Futures.CallIds.ToEquatableArray()),
            _ => throw new RecordException("a suspension of an unknown kind"),
        };

    public static Outcome Write(FeedOutcome outcome) =>
        outcome switch
        {
            FeedOutcome.Completed completed => new Outcome { Completed = Write(completed.Value) },
            FeedOutcome.Failed failed => new Outcome
            {
                Failed = new Failure { Error = Write(failed.Error), Origin = (int)failed.Origin },
            },
            FeedOutcome.Cancelled cancelled => new Outcome { Cancelled = cancelled.Reason },
            FeedOutcome.Rejected rejected => new Outcome { Rejected = rejected.Diagnostics },
            _ => throw new ArgumentException($"{outcome.GetType().Name} stands in no record.", nameof(outcome)),
        };

    public static FeedOutcome Read(Outcome? outcome) =>
        outcome?.KindCase switch
        {
            Outcome.KindOneofCase.Completed => new FeedOutcome.Completed(ReadValue(outcome.Completed)),
            Outcome.KindOneofCase.Failed => new FeedOutcome.Failed(Read(outcome.Failed.Error), (FailureOrigin)outcome.Failed.Origin),
            Outcome.KindOneofCase.Cancelled => new FeedOutcome.Cancelled(outcome.Cancelled),
            Outcome.KindOneofCase.Rejected => new FeedOutcome.Rejected(outcome.Rejected),
            _ => throw new RecordException("an outcome of an unknown kind"),
        };

    private static FunctionCall WriteCall(Interop.MontyFunctionCall call)
    {
        var written = new FunctionCall
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

    private static NameLookup WriteLookup(Interop.MontyNameLookup lookup)
    {
        var written = new NameLookup { Name = lookup.Name };
        if (lookup.ObjectId is { } id)
        {
            written.ObjectId = ByteString.CopyFrom(id.ToByteArray());
        }

        return written;
    }

    private static OsFunction ReadFunction(int function) =>
        Enum.IsDefined((OsFunction)function)
            ? (OsFunction)function
            : throw new RecordException($"an OS call of the unknown kind {function}");

    private static Error Write(PythonError error)
    {
        var written = new Error { Type = error.Type, Frames = { error.Frames.Select(Write) } };
        if (error.Message is { } message)
        {
            written.Message = message;
        }

        if (error.Data is UnicodeErrorData unicode)
        {
            written.Unicode = new UnicodeData
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
            written.Json = new JsonData
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

    private static PythonError Read(Error? error) =>
        error is null
            ? throw new RecordException("an error is missing")
            : new(
                error.Type,
                error.HasMessage ? error.Message : null,
                error.Frames.Select(Read).ToEquatableArray(),
                error.DataCase switch
                {
                    Error.DataOneofCase.Unicode => new UnicodeErrorData(
                        error.Unicode.Encoding,
                        ReadValue(error.Unicode.Source),
                        error.Unicode.Start,
                        error.Unicode.End,
                        error.Unicode.Reason
                    ),
                    Error.DataOneofCase.Json => new JsonErrorData(
                        error.Json.Message,
                        error.Json.HasDocument ? error.Json.Document : null,
                        error.Json.Position,
                        error.Json.Line,
                        error.Json.Column
                    ),
                    _ => null,
                }
            );

    private static Frame Write(PythonFrame frame)
    {
        var written = new Frame
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

    private static PythonFrame Read(Frame frame) =>
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
