using System.Security.Cryptography;
using Google.Protobuf;
using Monty.Interop.Wire;

namespace Monty.Interop.Dumps;

/// <summary>Wraps a dump of the runtime in an envelope with an integrity tag, and checks the tag when the dump is opened.</summary>
/// <remarks>
/// Layout: the bytes <c>MNTD</c>, one byte with the format version, one byte with the kind of tag, a protobuf envelope, and a 32-byte tag
/// over everything before it. The tag is needed because the runtime's own dumps have no checksum, and a flipped byte can silently change
/// the program.
/// </remarks>
internal sealed class DumpSeal(ReadOnlyMemory<byte> key, string runtimeVersion)
{
    /// <summary>The version of the runtime, which every dump carries.</summary>
    public string RuntimeVersion => runtimeVersion;

    private const byte FormatVersion = 1;
    private const byte Hashed = 0;
    private const byte Signed = 1;
    private const int HeaderBytes = 6;
    private const int TagBytes = SHA256.HashSizeInBytes;

    private static ReadOnlySpan<byte> Magic => "MNTD"u8;

    /// <exception cref="MontySizeException">The dump would be larger than an array can be.</exception>
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
                "Keep less data in the session, and use shorter names for its feeds."
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

    /// <exception cref="MontyDumpException">The bytes are not a dump of this library, are damaged, or were made by another version of the runtime.</exception>
    public DumpEnvelope Open(MontyDump dump)
    {
        var bytes = dump.Bytes.Span;
        if (bytes.Length < HeaderBytes || !bytes.StartsWith(Magic) || bytes[4] == 0)
        {
            throw new MontyDumpException(
                DumpRefusal.NotADump,
                $"Loading the dump failed: its {bytes.Length} bytes are not a dump made by this library. Pass the bytes of a MontyDump unchanged."
            );
        }

        if (bytes[4] > FormatVersion)
        {
            throw new MontyDumpException(
                DumpRefusal.NewerFormat,
                $"Loading the dump failed: it has format {bytes[4]}, and this version of the library reads formats up to {FormatVersion}. Load it with the version that made it, or a later one."
            );
        }

        CheckTagKind(bytes[5]);
        CheckTag(bytes);
        var envelope = Parse(bytes[HeaderBytes..^TagBytes]);
        if (envelope.RuntimeVersion != runtimeVersion)
        {
            throw new MontyDumpException(
                DumpRefusal.OtherRuntime,
                $"Loading the dump failed: it was made by {envelope.RuntimeVersion}, and this pool runs {runtimeVersion}. Load it with that version, or replay the session's feeds on this one."
            );
        }

        return envelope;
    }

    /// <summary>Creates the exception for a dump whose state the worker refused to load.</summary>
    public static MontyDumpException Refused(MontyProgress reply) =>
        new(DumpRefusal.RefusedByRuntime, $"Loading the dump failed: the runtime refused it: {GetReason(reply)}.");

    private void CheckTagKind(byte kind)
    {
        if (key.IsEmpty && kind != Hashed)
        {
            throw new MontyDumpException(
                DumpRefusal.SignatureMismatch,
                "Loading the dump failed: it is signed, and this pool has no key to check the signature. Set DumpKey to the key that the dump was made with."
            );
        }

        if (!key.IsEmpty && kind != Signed)
        {
            throw new MontyDumpException(
                DumpRefusal.SignatureMismatch,
                "Loading the dump failed: it is not signed, and this pool accepts signed dumps only. Make the dump with a pool that has the same DumpKey."
            );
        }
    }

    private static string GetReason(MontyProgress reply) =>
        reply switch
        {
            ProtocolViolation violation => violation.Reason,
            MontyFailed failed => failed.Error.TypeAndMessage,
            _ => reply.GetType().Name,
        };

    private void CheckTag(ReadOnlySpan<byte> bytes)
    {
        Span<byte> expected = stackalloc byte[TagBytes];
        if (bytes.Length >= HeaderBytes + TagBytes)
        {
            WriteTag(bytes[..^TagBytes], expected);
            if (CryptographicOperations.FixedTimeEquals(expected, bytes[^TagBytes..]))
            {
                return;
            }
        }

        throw new MontyDumpException(
            DumpRefusal.Tampered,
            $"Loading the dump failed: its tag does not match its {bytes.Length} bytes, so it was changed or truncated after it was made{(key.IsEmpty ? "" : ", or signed with another key")}. Use another copy."
        );
    }

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
                "Loading the dump failed: its tag is valid, but its content is not a dump made by this library. Pass the bytes of a MontyDump unchanged."
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
