using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Monty.Interop.Values.Json;

/// <summary>Derives ids for host classes and instances that are written without ids. The same document gives the same ids on every run.</summary>
/// <param name="document">The complete document.</param>
internal sealed class DerivedIds(JsonElement document)
{
    private const byte Version8 = 0x80; // UUID version 8 is for custom formats.
    private const byte Rfc9562Variant = 0x80;

    private byte[]? digest;
    private int instances;

    /// <summary>Returns the id of a host class. It depends only on the name, so that all instances share one class.</summary>
    public static Guid ForClass(string name) => Derive("class"u8, name, []);

    /// <summary>Returns the instance id that all instances of a class share when their fields are copied.</summary>
    public static Guid ForValuesOf(string className) => Derive("values"u8, className, []);

    /// <summary>Returns the id of the next instance in the document. Each call returns another id, so that equal instances stay distinct.</summary>
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
        id[6] = (byte)((id[6] & 0x0f) | Version8);
        id[8] = (byte)((id[8] & 0x3f) | Rfc9562Variant);
        return new Guid(id[..16], bigEndian: true);
    }
}
