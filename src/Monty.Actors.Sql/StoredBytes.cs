using Akka.Actor;
using Akka.Serialization;
using Monty.Actors.Persistence;

namespace Monty.Actors.Sql;

/// <summary>A change or a snapshot as the serializer of the engine has encoded it.</summary>
/// <param name="Manifest">The manifest of the serializer.</param>
/// <param name="Bytes">The encoded bytes.</param>
internal sealed record StoredBytes(string Manifest, ReadOnlyMemory<byte> Bytes);

/// <summary>
/// Stores encoded bytes unchanged, under the identifier of <see cref="SessionSerializer"/>. The rows are therefore the same as those of the other stores.
/// </summary>
internal sealed class StoredBytesSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    /// <inheritdoc/>
    public override int Identifier => SessionSerializer.Id;

    /// <inheritdoc/>
    public override string Manifest(object o) => ((StoredBytes)o).Manifest;

    /// <inheritdoc/>
    public override byte[] ToBinary(object obj) => Persistence.Sql.Bytes.Of(((StoredBytes)obj).Bytes);

    /// <inheritdoc/>
    public override object FromBinary(byte[] bytes, string manifest) => new StoredBytes(manifest, bytes);
}
