namespace Monty.Interop;

/// <summary>A session as bytes: its complete state, the names of its scripts, and an integrity tag over both.</summary>
/// <remarks>
/// <para>Immutable and thread-safe. <see cref="MontySession.DumpAsync"/> and <see cref="MontyPool.TurnAsync"/> create dumps, and
/// <see cref="MontyPool.LoadSessionAsync"/> loads them. Any number of sessions may continue from one dump.</para>
/// <para>Source text, strings and inputs are readable in the bytes, so protect a dump as you protect that data. A dump holds no host
/// functions, no host objects and no mounts. Without <see cref="MontyPoolOptions.DumpKey"/> the tag detects damage only; with a key it also
/// detects forgery.</para>
/// </remarks>
/// <param name="Bytes">The bytes to store.</param>
public sealed record MontyDump(ReadOnlyMemory<byte> Bytes)
{
    /// <summary>Returns true when both dumps hold the same bytes. Dumps of two sessions in the same state may still differ.</summary>
    public bool Equals(MontyDump? other) => other is not null && Bytes.Span.SequenceEqual(other.Bytes.Span);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(Bytes.Span);
        return hash.ToHashCode();
    }

    /// <summary>Returns the size of the dump but none of its content, which may be confidential.</summary>
    public override string ToString() => $"dump of {Bytes.Length} bytes";
}
