namespace Monty.Interop;

/// <summary>A session as bytes: its whole state, the names of its scripts, and an integrity tag over both.</summary>
/// <remarks>
/// <para>Immutable and thread-safe. Made by <see cref="MontySession.DumpAsync"/> and <see cref="MontyPool.TurnAsync"/>, taken by
/// <see cref="MontyPool.LoadSessionAsync"/>; any number of sessions may go on from one dump.</para>
/// <para>Source text, strings and inputs are readable inside: treat a dump as secret as the data. It holds no host functions, no host objects and
/// no mounts. Without <see cref="MontyPoolOptions.DumpKey"/> the tag finds damage; only with a key does it find forgery.</para>
/// </remarks>
/// <param name="Bytes">What to store.</param>
public sealed record MontyDump(ReadOnlyMemory<byte> Bytes)
{
    /// <summary>True when both hold the same bytes. Two dumps of equal sessions may still differ.</summary>
    public bool Equals(MontyDump? other) => other is not null && Bytes.Span.SequenceEqual(other.Bytes.Span);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(Bytes.Span);
        return hash.ToHashCode();
    }

    /// <summary>The size only: a dump holds the script's data.</summary>
    public override string ToString() => $"dump of {Bytes.Length} bytes";
}
