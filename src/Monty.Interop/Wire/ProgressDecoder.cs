using System.Globalization;
using Google.Protobuf;

namespace Monty.Interop.Wire;

/// <summary>Decodes the events that end a turn to <see cref="MontyProgress"/>.</summary>
internal static class ProgressDecoder
{
    private const string Violation = "protocol violation: ";

    public static MontyProgress Decode(WorkerEvent source, FeedNames names)
    {
        var time = DecodeTime(source.ExecutionMicros);
        return source.KindCase switch
        {
            ChildEvent.KindOneofCase.FunctionCall => DecodeCall(source.Payload.Span, time),
            ChildEvent.KindOneofCase.Complete => new Interop.MontyComplete(DecodeResult(source.Payload.Span)) { ExecutionTime = time },
            ChildEvent.KindOneofCase.Error => DecodeError(ErrorDecoder.Decode(source.ReadError().Exception, names)) with
            {
                ExecutionTime = time,
            },
            ChildEvent.KindOneofCase.OsCall => DecodeOsCall(source.Read(OsCall.Parser)) with { ExecutionTime = time },
            ChildEvent.KindOneofCase.NameLookup => DecodeLookup(source.Read(NameLookup.Parser)) with { ExecutionTime = time },
            ChildEvent.KindOneofCase.ResolveFutures => DecodeFutures(source.Read(ResolveFutures.Parser)) with { ExecutionTime = time },
            _ => throw new WireFormatException($"{source.KindCase} instead of an event that ends a turn"),
        };
    }

    private static Interop.MontyFunctionCall DecodeCall(ReadOnlySpan<byte> source, TimeSpan time)
    {
        var name = "";
        var callId = 0u;
        Guid? objectId = null;
        var arguments = new MontyValue[FieldReader.Count(source, FunctionCall.ArgsFieldNumber)];
        var keywords = new KeyValuePair<string, MontyValue>[FieldReader.Count(source, FunctionCall.KwargsFieldNumber)];
        var argument = 0;
        var keyword = 0;
        for (var reader = new FieldReader(source); reader.Next(); )
        {
            switch (reader.Field)
            {
                case FunctionCall.FunctionNameFieldNumber:
                    name = reader.Text;
                    break;
                case FunctionCall.ArgsFieldNumber:
                    arguments[argument++] = ValueDecoder.Decode(reader.Bytes);
                    break;
                case FunctionCall.KwargsFieldNumber:
                    keywords[keyword++] = ValueDecoder.DecodeKeyword(reader.Bytes);
                    break;
                case FunctionCall.CallIdFieldNumber:
                    callId = (uint)reader.Number;
                    break;
                case FunctionCall.ObjectIdFieldNumber:
                    objectId = ValueDecoder.DecodeId(reader.Bytes);
                    break;
            }
        }

        return new Interop.MontyFunctionCall(
            name,
            new EquatableArray<MontyValue>(arguments),
            new EquatableArray<KeyValuePair<string, MontyValue>>(keywords),
            callId,
            objectId
        )
        {
            ExecutionTime = time,
        };
    }

    private static MontyValue DecodeResult(ReadOnlySpan<byte> source)
    {
        ReadOnlySpan<byte> value = default;
        for (var reader = new FieldReader(source); reader.Next(); )
        {
            if (reader.Field == Complete.ValueFieldNumber)
            {
                value = reader.Bytes;
            }
        }

        return ValueDecoder.Decode(value);
    }

    private static Interop.MontyNameLookup DecodeLookup(NameLookup source) =>
        new(source.Name, source.ObjectId is null ? null : ValueDecoder.ToGuid(source.ObjectId.Data.Span));

    private static Interop.MontyResolveFutures DecodeFutures(ResolveFutures source)
    {
        var pending = source.PendingCallIds.Distinct().Order().ToEquatableArray();
        return pending.Count == source.PendingCallIds.Count
            ? new Interop.MontyResolveFutures(pending)
            : throw new WireFormatException("a list of pending futures with a duplicate");
    }

    private static TimeSpan DecodeTime(ulong micros) =>
        micros <= long.MaxValue / TimeSpan.TicksPerMicrosecond
            ? TimeSpan.FromTicks((long)micros * TimeSpan.TicksPerMicrosecond)
            : throw new WireFormatException(string.Create(CultureInfo.InvariantCulture, $"an invalid execution time of {micros} µs"));

    private static MontyProgress DecodeError(PythonError error)
    {
        var origin = GetOrigin(error);
        return origin == FailureOrigin.Runtime && error.Message?.StartsWith(Violation, StringComparison.Ordinal) == true
            ? new ProtocolViolation(error.Message[Violation.Length..])
            : new MontyFailed(error, origin);
    }

    /// <summary>Returns the origin of an error. Errors of the script always have frames. Errors of the runtime have none, except when a memory limit is hit inside an expression.</summary>
    private static FailureOrigin GetOrigin(PythonError error) =>
        error switch
        {
            { Type: "MemoryError" } when error.Message?.StartsWith("memory limit exceeded: ", StringComparison.Ordinal) == true =>
                FailureOrigin.Limit,
            { Frames.Count: > 0 } => FailureOrigin.Script,
            { Type: "TimeoutError" } when error.Message?.StartsWith("time limit exceeded: ", StringComparison.Ordinal) == true =>
                FailureOrigin.Limit,
            _ => FailureOrigin.Runtime,
        };

    private static Interop.MontyOsCall DecodeOsCall(OsCall source)
    {
        var (function, arguments) = source.CallCase switch
        {
            OsCall.CallOneofCase.Exists => Path(OsFunction.Exists, source.Exists),
            OsCall.CallOneofCase.IsFile => Path(OsFunction.IsFile, source.IsFile),
            OsCall.CallOneofCase.IsDir => Path(OsFunction.IsDir, source.IsDir),
            OsCall.CallOneofCase.IsSymlink => Path(OsFunction.IsSymlink, source.IsSymlink),
            OsCall.CallOneofCase.ReadText => Path(OsFunction.ReadText, source.ReadText),
            OsCall.CallOneofCase.ReadBytes => Path(OsFunction.ReadBytes, source.ReadBytes),
            OsCall.CallOneofCase.Stat => Path(OsFunction.Stat, source.Stat),
            OsCall.CallOneofCase.Iterdir => Path(OsFunction.Iterdir, source.Iterdir),
            OsCall.CallOneofCase.Resolve => Path(OsFunction.Resolve, source.Resolve),
            OsCall.CallOneofCase.Absolute => Path(OsFunction.Absolute, source.Absolute),
            OsCall.CallOneofCase.Unlink => Path(OsFunction.Unlink, source.Unlink),
            OsCall.CallOneofCase.Rmdir => Path(OsFunction.Rmdir, source.Rmdir),
            OsCall.CallOneofCase.WriteText => Call(OsFunction.WriteText, [new MontyPath(source.WriteText.Path), source.WriteText.Data]),
            OsCall.CallOneofCase.AppendText => Call(OsFunction.AppendText, [new MontyPath(source.AppendText.Path), source.AppendText.Data]),
            OsCall.CallOneofCase.WriteBytes => Call(
                OsFunction.WriteBytes,
                [new MontyPath(source.WriteBytes.Path), new MontyBytes(source.WriteBytes.Data.Memory)]
            ),
            OsCall.CallOneofCase.AppendBytes => Call(
                OsFunction.AppendBytes,
                [new MontyPath(source.AppendBytes.Path), new MontyBytes(source.AppendBytes.Data.Memory)]
            ),
            OsCall.CallOneofCase.Open => Call(OsFunction.Open, [new MontyPath(source.Open.Path), source.Open.Mode]),
            OsCall.CallOneofCase.Mkdir => Call(
                OsFunction.Mkdir,
                [new MontyPath(source.Mkdir.Path), source.Mkdir.Parents, source.Mkdir.ExistOk]
            ),
            OsCall.CallOneofCase.Rename => Call(OsFunction.Rename, [new MontyPath(source.Rename.Src), new MontyPath(source.Rename.Dst)]),
            OsCall.CallOneofCase.Getenv => Call(OsFunction.Getenv, [source.Getenv.Key, ValueDecoder.Decode(source.Getenv.Default.Span)]),
            OsCall.CallOneofCase.GetEnviron => Call(OsFunction.Environ, []),
            OsCall.CallOneofCase.DateToday => Call(OsFunction.DateToday, []),
            OsCall.CallOneofCase.DateTimeNow => Call(
                OsFunction.DateTimeNow,
                [source.DateTimeNow.Tz is null ? MontyValue.None : ValueDecoder.DecodeTimeZone(source.DateTimeNow.Tz)]
            ),
            _ => throw new WireFormatException(
                string.Create(CultureInfo.InvariantCulture, $"an OS call of an unknown kind, with the id {source.CallId}")
            ),
        };
        return new Interop.MontyOsCall(function, arguments, source.CallId);
    }

    private static (OsFunction Function, EquatableArray<MontyValue> Arguments) Path(OsFunction function, string path) =>
        (function, [new MontyPath(path)]);

    private static (OsFunction Function, EquatableArray<MontyValue> Arguments) Call(
        OsFunction function,
        EquatableArray<MontyValue> arguments
    ) => (function, arguments);
}
