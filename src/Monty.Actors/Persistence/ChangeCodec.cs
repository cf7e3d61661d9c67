using Google.Protobuf;
using Monty.Interop;

namespace Monty.Actors.Persistence;

/// <summary>Encodes changes as protobuf, and decodes them.</summary>
internal static class ChangeCodec
{
    public static Proto.Change Write(SessionChange change)
    {
        var written = new Proto.Change
        {
            Tenant = change.Session.Tenant,
            Session = change.Session.Name,
            SequenceNumber = change.SequenceNumber,
            FirstVersion = change.FirstVersion,
            AtUnixMicros = Microseconds.From(change.At),
            CreatedAtUnixMicros = Microseconds.From(change.CreatedAt),
            Events = { change.Encoded ?? [.. change.Events.Select(EventCodec.Write)] },
        };
        if (change.Dump is { } dump)
        {
            written.Dump = Write(dump);
        }

        return written;
    }

    /// <exception cref="StoredFormatException">The change was not written by an engine.</exception>
    public static SessionChange Read(Proto.Change change) =>
        new(
            new SessionId(change.Tenant, change.Session),
            change.SequenceNumber,
            change.FirstVersion,
            Microseconds.ToTime(change.AtUnixMicros),
            change.Events.Select(EventCodec.Read).ToEquatableArray()
        )
        {
            CreatedAt = Microseconds.ToTime(change.CreatedAtUnixMicros),
            Dump = change.Dump is { } dump ? Read(dump) : null,
        };

    public static Proto.Dump Write(StoredDump dump) =>
        new()
        {
            SequenceNumber = dump.SequenceNumber,
            Runtime = dump.Runtime,
            State = UnsafeByteOperations.UnsafeWrap(dump.Bytes),
        };

    public static StoredDump Read(Proto.Dump dump) => new(dump.SequenceNumber, dump.Runtime, dump.State.Memory);
}
