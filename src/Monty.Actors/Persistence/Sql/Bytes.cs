using System.Runtime.InteropServices;

namespace Monty.Actors.Persistence.Sql;

/// <summary>What drivers want: whole arrays.</summary>
internal static class Bytes
{
    /// <summary>The array behind the memory where it is exactly that, a copy otherwise.</summary>
    public static byte[] Of(ReadOnlyMemory<byte> memory) =>
        MemoryMarshal.TryGetArray(memory, out var segment) && segment.Array is { } array && array.Length == memory.Length
            ? array
            : memory.ToArray();
}
