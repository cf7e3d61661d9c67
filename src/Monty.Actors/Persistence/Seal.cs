using System.Security.Cryptography;
using System.Text;

namespace Monty.Actors.Persistence;

/// <summary>Adds a tag to stored bytes and checks it when they are read, so that edited or damaged bytes are found before they are used.</summary>
/// <remarks>
/// Thread-safe. Layout: the bytes, the first 16 bytes of an HMAC-SHA-256 over the manifest and the bytes, and the number of the key. The bytes themselves
/// contain their session and sequence number, so a row that was moved is found as well. Without a key nothing is added.
/// </remarks>
internal sealed class Seal
{
    private const int TagBytes = 16;
    private readonly SealKey? current;
    private readonly Dictionary<byte, byte[]> secrets = [];

    /// <summary>Creates a seal.</summary>
    /// <param name="keys">The keys. New seals are made with the first key, and all keys are accepted. Empty for no seals.</param>
    /// <exception cref="ArgumentException">Two keys have the same number.</exception>
    public Seal(IReadOnlyList<SealKey> keys)
    {
        current = keys.Count > 0 ? keys[0] : null;
        foreach (var key in keys)
        {
            if (!secrets.TryAdd(key.Id, key.Secret))
            {
                throw new ArgumentException($"Two seal keys have the number {key.Id}. Give each secret its own number.", nameof(keys));
            }
        }
    }

    /// <summary>The number of bytes that a seal adds.</summary>
    public int AddedBytes => current is null ? 0 : TagBytes + 1;

    /// <summary>Writes the tag after the bytes.</summary>
    /// <param name="manifest">The manifest that the bytes are stored under.</param>
    /// <param name="sealedBytes">A buffer that is filled except for its last <see cref="AddedBytes"/>.</param>
    public void Write(string manifest, Span<byte> sealedBytes)
    {
        if (current is null)
        {
            return;
        }

        var bytes = sealedBytes[..^AddedBytes];
        WriteTag(current.Secret, manifest, bytes, sealedBytes.Slice(bytes.Length, TagBytes));
        sealedBytes[^1] = current.Id;
    }

    /// <summary>Checks the tag.</summary>
    /// <param name="manifest">The manifest that the bytes were stored under.</param>
    /// <param name="stored">The bytes as they were read.</param>
    /// <param name="problem">A description of the problem, or null if the result is not null.</param>
    /// <returns>The bytes without the tag, or null if the tag does not match.</returns>
    public ReadOnlyMemory<byte>? Open(string manifest, ReadOnlyMemory<byte> stored, out string? problem)
    {
        problem = null;
        if (current is null)
        {
            return stored;
        }

        if (stored.Length < AddedBytes || !secrets.TryGetValue(stored.Span[^1], out var secret))
        {
            problem = "it has no seal of a known key: it was written without one, with another key, or damaged";
            return null;
        }

        Span<byte> tag = stackalloc byte[TagBytes];
        var bytes = stored[..^AddedBytes];
        WriteTag(secret, manifest, bytes.Span, tag);
        if (!CryptographicOperations.FixedTimeEquals(tag, stored.Span.Slice(bytes.Length, TagBytes)))
        {
            problem = "its seal does not match: it was changed or damaged after it was written";
            return null;
        }

        return bytes;
    }

    private static void WriteTag(byte[] secret, string manifest, ReadOnlySpan<byte> bytes, Span<byte> tag)
    {
        Span<byte> whole = stackalloc byte[HMACSHA256.HashSizeInBytes];
        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, secret);
        hash.AppendData(Encoding.UTF8.GetBytes(manifest + "\0"));
        hash.AppendData(bytes);
        hash.GetHashAndReset(whole);
        whole[..TagBytes].CopyTo(tag);
    }
}
