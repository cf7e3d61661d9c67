using Akka.Actor;
using Akka.Serialization;
using Google.Protobuf;

namespace Monty.Actors.Persistence;

/// <summary>Converts changes and snapshots to the bytes that are stored, and back.</summary>
/// <remarks>
/// Reading never throws. Bytes that are damaged, sealed with another key or written by a newer engine become an <see cref="UnreadableChange"/> or
/// an <see cref="UnreadableSnapshot"/>.
/// </remarks>
internal sealed class SessionSerializer : SerializerWithStringManifest
{
    /// <summary>The identifier that is stored with every row. Never change it, and never use it for another serializer.</summary>
    public const int Id = 1_819_042_413;

    /// <summary>The manifest of changes.</summary>
    public const string ChangeManifest = "change/1";

    /// <summary>The manifest of snapshots.</summary>
    public const string SnapshotManifest = "snapshot/1";

    private readonly Seal seal;

    /// <summary>Called by Akka.</summary>
    public SessionSerializer(ExtendedActorSystem system)
        : this(system, StoreExtension.For(system).Seal) { }

    internal SessionSerializer(ExtendedActorSystem system, Seal seal)
        : base(system) => this.seal = seal;

    /// <inheritdoc/>
    public override int Identifier => Id;

    /// <inheritdoc/>
    public override string Manifest(object o) =>
        o switch
        {
            SessionChange => ChangeManifest,
            SessionSnapshot => SnapshotManifest,
            _ => throw new ArgumentException($"A {o.GetType().Name} cannot be stored. Use a SessionChange or SessionSnapshot.", nameof(o)),
        };

    /// <inheritdoc/>
    public override byte[] ToBinary(object obj) =>
        obj switch
        {
            SessionChange change => ToBinary(ChangeManifest, ChangeCodec.Write(change)),
            SessionSnapshot snapshot => ToBinary(SnapshotManifest, SnapshotCodec.Write(snapshot)),
            _ => throw new ArgumentException(
                $"A {obj.GetType().Name} cannot be stored. Use a SessionChange or SessionSnapshot.",
                nameof(obj)
            ),
        };

    /// <inheritdoc/>
    public override object FromBinary(byte[] bytes, string manifest) =>
        manifest.StartsWith("snapshot/", StringComparison.Ordinal) ? ReadSnapshot(bytes, manifest) : ReadChange(bytes, manifest);

    /// <summary>Reads a change, and returns a <see cref="SessionChange"/> or an <see cref="UnreadableChange"/>, whatever its manifest says.</summary>
    public object ReadChange(ReadOnlyMemory<byte> bytes, string manifest)
    {
        if (manifest != ChangeManifest)
        {
            return new UnreadableChange(
                $"its manifest '{manifest}' is not known to this version of the engine; a newer engine wrote it",
                false
            );
        }

        if (seal.Open(manifest, bytes, out var problem) is not { } opened)
        {
            return new UnreadableChange(problem!, IsTampered: true);
        }

        try
        {
            return ChangeCodec.Read(Proto.Change.Parser.ParseFrom(opened.Span));
        }
        catch (Exception exception) when (StoredFormatException.IsOfTheBytes(exception))
        {
            return new UnreadableChange($"it is damaged, or a newer engine wrote it: {exception.Message}", IsTampered: false);
        }
#pragma warning disable CA1031 // Reading the same bytes again would throw again, so that the session would be recovered forever.
        catch (Exception unexpected) when (unexpected is not OutOfMemoryException)
#pragma warning restore CA1031
        {
            return new UnreadableChange($"it cannot be decoded ({unexpected.GetType().Name})", IsTampered: false);
        }
    }

    /// <summary>Reads a snapshot, and returns a <see cref="SessionSnapshot"/> or an <see cref="UnreadableSnapshot"/>, whatever its manifest says.</summary>
    public object ReadSnapshot(ReadOnlyMemory<byte> bytes, string manifest)
    {
        if (manifest != SnapshotManifest)
        {
            return new UnreadableSnapshot($"its manifest '{manifest}' is not known to this version of the engine");
        }

        if (seal.Open(manifest, bytes, out var problem) is not { } opened)
        {
            return new UnreadableSnapshot(problem!);
        }

        try
        {
            return SnapshotCodec.Read(Proto.Snapshot.Parser.ParseFrom(opened.Span));
        }
        catch (Exception exception) when (StoredFormatException.IsOfTheBytes(exception))
        {
            return new UnreadableSnapshot($"it is damaged, or a newer engine wrote it: {exception.Message}");
        }
#pragma warning disable CA1031 // An unreadable snapshot is ignored, whatever the reason.
        catch (Exception unexpected) when (unexpected is not OutOfMemoryException)
#pragma warning restore CA1031
        {
            return new UnreadableSnapshot($"it cannot be decoded ({unexpected.GetType().Name})");
        }
    }

    private byte[] ToBinary(string manifest, IMessage message)
    {
        var size = message.CalculateSize();
        var bytes = new byte[size + seal.AddedBytes];
        message.WriteTo(bytes.AsSpan(0, size));
        seal.Write(manifest, bytes);
        return bytes;
    }
}
