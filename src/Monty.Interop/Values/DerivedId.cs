using System.Security.Cryptography;
using System.Text;

namespace Monty.Interop;

/// <summary>Identities for host classes and instances that a person wrote without any: the same text gives the same identity on every run.</summary>
internal static class DerivedId
{
    private const byte VersionOfCustomIds = 0x80; // UUID version 8: the bits are the maker's own

    /// <summary>The identity of a host class by its name, so that its instances share one class.</summary>
    public static Guid OfClass(string name) => Of("class"u8, name, []);

    /// <summary>The identity of an instance by what was written for it and where, so that equal instances beside each other stay two.</summary>
    public static Guid OfInstance(string path, ReadOnlySpan<byte> json) => Of("instance"u8, path, json);

    private static Guid Of(ReadOnlySpan<byte> kind, string name, ReadOnlySpan<byte> content)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(kind);
        hash.AppendData([0]);
        hash.AppendData(Encoding.UTF8.GetBytes(name));
        hash.AppendData([0]);
        hash.AppendData(content);
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        hash.GetHashAndReset(digest);
        digest[6] = (byte)((digest[6] & 0x0f) | VersionOfCustomIds);
        digest[8] = (byte)((digest[8] & 0x3f) | 0x80); // the RFC 9562 variant
        return new Guid(digest[..16], bigEndian: true);
    }
}
