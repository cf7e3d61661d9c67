using Google.Protobuf;

namespace Monty.Interop.Wire;

/// <summary>One event of a worker, not yet decoded.</summary>
/// <param name="KindCase">Its kind, None for one that this client does not know.</param>
/// <param name="Payload">The kind's own message where it lies in the receive buffer: good until the next receive.</param>
/// <param name="ExecutionMicros">The time that the session's bytecode has run.</param>
/// <param name="MaxDurationMicros">The session's limit on it, or null.</param>
internal readonly record struct WorkerEvent(
    ChildEvent.KindOneofCase KindCase,
    ReadOnlyMemory<byte> Payload,
    ulong ExecutionMicros,
    ulong? MaxDurationMicros
)
{
    /// <exception cref="WireFormatException">The bytes are no message.</exception>
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

    /// <summary>The payload of an error. A generated parser merges exceptions given twice, copying the frames of the first each time.</summary>
    /// <exception cref="WireFormatException">There are several.</exception>
    public Error ReadError() =>
        FieldReader.Count(Payload.Span, Error.ExceptionFieldNumber) <= 1
            ? Read(Error.Parser)
            : throw new WireFormatException("an error with more than one exception");

    /// <summary>The payload through its generated parser: for what is rare. Fields that this version does not know are not kept, as nothing counts them.</summary>
    public T Read<T>(MessageParser<T> parser)
        where T : IMessage<T> => parser.WithDiscardUnknownFields(true).ParseFrom(Payload.Span);
}
