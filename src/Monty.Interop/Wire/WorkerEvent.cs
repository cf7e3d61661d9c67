using Google.Protobuf;

namespace Monty.Interop.Wire;

/// <summary>An event from a worker whose payload is not yet decoded.</summary>
/// <param name="KindCase">The kind of the event, or <c>None</c> when the kind is unknown.</param>
/// <param name="Payload">The message of the kind, in the memory of the receive buffer. It is valid until the next receive.</param>
/// <param name="ExecutionMicros">The time that the session has spent executing bytecode, in microseconds.</param>
/// <param name="MaxDurationMicros">The limit on the execution time in microseconds, or null when the session has none.</param>
internal readonly record struct WorkerEvent(
    ChildEvent.KindOneofCase KindCase,
    ReadOnlyMemory<byte> Payload,
    ulong ExecutionMicros,
    ulong? MaxDurationMicros
)
{
    /// <exception cref="WireFormatException">The bytes are not a valid protobuf message.</exception>
    public static WorkerEvent Parse(ReadOnlyMemory<byte> body)
    {
        var found = default(WorkerEvent);
        for (var reader = new FieldReader(body.Span); reader.Next(); )
        {
            if (reader.Field == ChildEvent.TotalExecutionMicrosFieldNumber)
            {
                found = found with { ExecutionMicros = reader.Number };
            }
            else if (reader.Field == ChildEvent.MaxDurationMicrosFieldNumber)
            {
                found = found with { MaxDurationMicros = reader.Number };
            }
            else if (reader.Field is >= ChildEvent.PrintFieldNumber and <= ChildEvent.FatalErrorFieldNumber)
            {
                found = found with
                {
                    KindCase = (ChildEvent.KindOneofCase)reader.Field,
                    Payload = body[(reader.End - reader.Bytes.Length)..reader.End],
                };
            }
        }

        return found;
    }

    /// <summary>Parses the payload of an error. Repeated exceptions are refused first, because a generated parser would merge them and copy their frames each time.</summary>
    /// <exception cref="WireFormatException">The error contains more than one exception.</exception>
    public Error ReadError() =>
        FieldReader.Count(Payload.Span, Error.ExceptionFieldNumber) <= 1
            ? Read(Error.Parser)
            : throw new WireFormatException("an error with more than one exception");

    /// <summary>Parses the payload with a generated parser, for rare events. Unknown fields are discarded, because <see cref="DecodedSize"/> does not count them.</summary>
    public T Read<T>(MessageParser<T> parser)
        where T : IMessage<T> => parser.WithDiscardUnknownFields(true).ParseFrom(Payload.Span);
}
