using System.Security.Cryptography;
using Google.Protobuf;
using Monty.Interop.Wire;

namespace Monty.Interop.Dumps;

/// <summary>Wraps a runtime's dump with what the client knows and an integrity tag, and opens it again or refuses it by name.</summary>
/// <remarks>
/// Layout: <c>MNTD</c>, one byte of format version, one byte for the tag's kind, a protobuf envelope, a 32-byte tag over all before it.
/// The runtime's own dumps have no checksum, and a flipped byte in one can silently change a program.
/// </remarks>
internal sealed class DumpSeal(ReadOnlyMemory<byte> key, string runtimeVersion)
{
    private const byte FormatVersion = 1;
    private const byte Hashed = 0;
    private const byte Signed = 1;
    private const int HeaderBytes = 6;
    private const int TagBytes = SHA256.HashSizeInBytes;

    private static ReadOnlySpan<byte> Magic => "MNTD"u8;

    /// <exception cref="MontySizeException">The dump would be larger than an array.</exception>
    public MontyDump Wrap(DumpEnvelope envelope)
    {
        envelope.RuntimeVersion = runtimeVersion;
        var size = envelope.CalculateSize();
        var limit = Array.MaxLength - HeaderBytes - TagBytes;
        if (size < 0 || size > limit)
        {
            throw new MontySizeException(
                "The dump",
                (uint)size,
                limit,
                "bytes",
                "Keep less in the session, and give its feeds shorter names."
            );
        }

        var bytes = new byte[HeaderBytes + size + TagBytes];
        Magic.CopyTo(bytes);
        bytes[4] = FormatVersion;
        bytes[5] = key.IsEmpty ? Hashed : Signed;
        envelope.WriteTo(bytes.AsSpan(HeaderBytes, size));
        WriteTag(bytes.AsSpan(..^TagBytes), bytes.AsSpan(^TagBytes..));
        return new MontyDump(bytes);
    }

    /// <exception cref="MontyDumpException">The dump is not one of ours, not whole, or of another runtime.</exception>
    public DumpEnvelope Open(MontyDump dump)
    {
        var bytes = dump.Bytes.Span;
        if (bytes.Length < HeaderBytes || !bytes.StartsWith(Magic) || bytes[4] == 0)
        {
            throw new MontyDumpException(
                DumpRefusal.NotADump,
                $"These {bytes.Length} bytes are no dump of this client. Pass the bytes of a MontyDump, unchanged."
            );
        }

        if (bytes[4] > FormatVersion)
        {
            throw new MontyDumpException(
                DumpRefusal.NewerFormat,
                $"The dump has format {bytes[4]}; this client reads up to {FormatVersion}. Load it with the version of the client that made it, or a later one."
            );
        }

        if (bytes[5] != (key.IsEmpty ? Hashed : Signed))
        {
            throw new MontyDumpException(
                DumpRefusal.SignatureMismatch,
                key.IsEmpty
                    ? "The dump is signed and this pool has no key to check it. Set DumpKey to the key that it was made with."
                    : "The dump is not signed and this pool takes signed dumps only. Make it with a pool that has the same DumpKey."
            );
        }

        Span<byte> expected = stackalloc byte[TagBytes];
        if (bytes.Length >= HeaderBytes + TagBytes)
        {
            WriteTag(bytes[..^TagBytes], expected);
        }

        if (bytes.Length < HeaderBytes + TagBytes || !CryptographicOperations.FixedTimeEquals(expected, bytes[^TagBytes..]))
        {
            throw new MontyDumpException(
                DumpRefusal.Tampered,
                $"The dump's tag does not fit its {bytes.Length} bytes: it was changed or cut after it was made{(key.IsEmpty ? "" : ", or signed with another key")}. Use another copy."
            );
        }

        var envelope = Parse(bytes[HeaderBytes..^TagBytes]);
        return envelope.RuntimeVersion == runtimeVersion
            ? envelope
            : throw new MontyDumpException(
                DumpRefusal.OtherRuntime,
                $"The dump was made by {envelope.RuntimeVersion}, and this pool runs {runtimeVersion}. Load it with that version, or replay the session's feeds on this one."
            );
    }

    /// <summary>What a worker's refusal of the state inside a dump becomes.</summary>
    public static MontyDumpException Refused(MontyProgress reply) =>
        new(DumpRefusal.RefusedByRuntime, $"The runtime refused the dump: {ReasonOf(reply)}.");

    private static string ReasonOf(MontyProgress reply) =>
        reply switch
        {
            ProtocolViolation violation => violation.Reason,
            MontyFailed failed => failed.Error.TypeAndMessage,
            _ => reply.GetType().Name,
        };

    private static DumpEnvelope Parse(ReadOnlySpan<byte> body)
    {
        try
        {
            return DumpEnvelope.Parser.ParseFrom(body);
        }
        catch (InvalidProtocolBufferException)
        {
            throw new MontyDumpException(
                DumpRefusal.NotADump,
                "The dump's tag fits, but what it covers is no dump of this client. Pass the bytes of a MontyDump."
            );
        }
    }

    private void WriteTag(ReadOnlySpan<byte> content, Span<byte> tag)
    {
        if (key.IsEmpty)
        {
            SHA256.HashData(content, tag);
        }
        else
        {
            HMACSHA256.HashData(key.Span, content, tag);
        }
    }
}
