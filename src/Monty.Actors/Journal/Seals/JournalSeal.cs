using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Monty.Actors.Journal.Seals;

/// <summary>Seals bytes to the place they are written to: the tag covers the place, the bytes and everything stored beside them.</summary>
/// <remarks>
/// Layout of what is stored: the bytes, the first 16 bytes of an HMAC-SHA-256 over the place and the bytes, the number of the key. The place is
/// a sequence of fields, each after its length, so that no two places have the same text. Thread-safe.
/// </remarks>
internal sealed class JournalSeal
{
    /// <summary>What a seal adds to the bytes.</summary>
    public const int Bytes = TagBytes + 1;

    private const int TagBytes = 16;
    private readonly JournalKey current;
    private readonly Dictionary<byte, byte[]> secrets = [];

    public JournalSeal(JournalKey current, IEnumerable<JournalKey> older)
    {
        this.current = current;
        foreach (var key in older.Prepend(current))
        {
            if (!secrets.TryAdd(key.Id, key.Secret))
            {
                throw new ArgumentException($"Two keys have the number {key.Id}. Give every secret a number of its own.", nameof(older));
            }
        }
    }

    public JournalRecord Seal(SessionId session, JournalRecord record) =>
        new(record.Version, record.Kind, record.Schema, Seal(record.Payload.Span, Place(session, record)), record.At);

    public JournalDump Seal(SessionId session, JournalDump dump) =>
        new(dump.Version, dump.Runtime, Seal(dump.Content.Span, Place(session, dump)));

    /// <exception cref="JournalTamperedException">The seal does not fit.</exception>
    public JournalRecord Open(SessionId session, JournalRecord record) =>
        TryOpen(record.Payload, Place(session, record), out var problem) is { } payload
            ? new JournalRecord(record.Version, record.Kind, record.Schema, payload, record.At)
            : throw new JournalTamperedException(
                $"Record {record.Version} ({record.Kind}) of {session} {problem}. It must not be run: restore the journal from a backup.",
                session,
                record.Version
            );

    /// <summary>The dump without its seal, or null and what is wrong.</summary>
    public JournalDump? TryOpen(SessionId session, JournalDump dump, out string? problem) =>
        TryOpen(dump.Content, Place(session, dump), out problem) is { } content
            ? new JournalDump(dump.Version, dump.Runtime, content)
            : null;

    private static byte[] Place(SessionId session, JournalRecord record) =>
        Place("record", session, record.Version, record.Kind, record.Schema, Microseconds.From(record.At));

    private static byte[] Place(SessionId session, JournalDump dump) => Place("dump", session, dump.Version, dump.Runtime, 0, 0);

    private static byte[] Place(string what, SessionId session, long version, string kind, long schema, long at)
    {
        var text = new ArrayBufferWriter<byte>(128);
        foreach (var field in (ReadOnlySpan<string>)["monty journal seal 1", what, session.Tenant, session.Name, kind])
        {
            Write(text, Encoding.UTF8.GetByteCount(field));
            Encoding.UTF8.GetBytes(field, text);
        }

        Write(text, version);
        Write(text, schema);
        Write(text, at);
        return text.WrittenSpan.ToArray();
    }

    private static void Write(ArrayBufferWriter<byte> text, long number)
    {
        BinaryPrimitives.WriteInt64LittleEndian(text.GetSpan(sizeof(long)), number);
        text.Advance(sizeof(long));
    }

    private static void WriteTag(byte[] secret, ReadOnlySpan<byte> place, ReadOnlySpan<byte> bytes, Span<byte> tag)
    {
        Span<byte> whole = stackalloc byte[HMACSHA256.HashSizeInBytes];
        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, secret);
        hash.AppendData(place);
        hash.AppendData(bytes);
        hash.GetHashAndReset(whole);
        whole[..TagBytes].CopyTo(tag);
    }

    private byte[] Seal(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> place)
    {
        var written = new byte[bytes.Length + Bytes];
        bytes.CopyTo(written);
        WriteTag(current.Secret, place, bytes, written.AsSpan(bytes.Length, TagBytes));
        written[^1] = current.Id;
        return written;
    }

    private ReadOnlyMemory<byte>? TryOpen(ReadOnlyMemory<byte> written, ReadOnlySpan<byte> place, out string? problem)
    {
        Span<byte> tag = stackalloc byte[TagBytes];
        if (written.Length < Bytes)
        {
            problem = "has no seal";
            return null;
        }

        if (!secrets.TryGetValue(written.Span[^1], out var secret))
        {
            problem = $"is sealed with key {written.Span[^1]}, which is not among the keys, or was damaged";
            return null;
        }

        WriteTag(secret, place, written.Span[..^Bytes], tag);
        if (!CryptographicOperations.FixedTimeEquals(tag, written.Span[^Bytes..^1]))
        {
            problem = "does not fit its seal: it was changed, moved or damaged after it was written";
            return null;
        }

        problem = null;
        return written[..^Bytes];
    }
}
