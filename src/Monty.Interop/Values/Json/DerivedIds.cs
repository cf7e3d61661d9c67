using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Monty.Interop.Values.Json;

/// <summary>Identities for host classes and instances that a person wrote without any: the same document gives the same ones on every run.</summary>
/// <param name="document">The whole document.</param>
internal sealed class DerivedIds(JsonElement document)
{
    private const byte VersionOfCustomIds = 0x80; // UUID version 8: the bits are the maker's own
    private const byte Rfc9562Variant = 0x80;

    private byte[]? digest;
    private int instances;

    /// <summary>The identity of a host class by its name, so that its instances share one class.</summary>
    public static Guid ForClass(string name) => Derive("class"u8, name, []);

    /// <summary>The identity that all instances of a class of values share: they are told apart by their fields.</summary>
    public static Guid ForValuesOf(string className) => Derive("values"u8, className, []);

    /// <summary>The identity of the next instance of the document, so that equal instances beside each other stay two.</summary>
    public Guid ForNextInstance()
    {
        digest ??= SHA256.HashData(JsonMarshal.GetRawUtf8Value(document));
        return Derive("instance"u8, (++instances).ToString(CultureInfo.InvariantCulture), digest);
    }

    private static Guid Derive(ReadOnlySpan<byte> kind, string name, ReadOnlySpan<byte> content)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(kind);
        hash.AppendData([0]);
        hash.AppendData(Encoding.UTF8.GetBytes(name));
        hash.AppendData([0]);
        hash.AppendData(content);
        Span<byte> id = stackalloc byte[SHA256.HashSizeInBytes];
        hash.GetHashAndReset(id);
        id[6] = (byte)((id[6] & 0x0f) | VersionOfCustomIds);
        id[8] = (byte)((id[8] & 0x3f) | Rfc9562Variant);
        return new Guid(id[..16], bigEndian: true);
    }
}
