using System.Runtime.InteropServices;

namespace Monty.Actors.Persistence.Sql;

/// <summary>Converts memory to the arrays that database drivers require.</summary>
internal static class Bytes
{
    /// <summary>Returns the array behind the memory if it has the same length, otherwise a copy.</summary>
    public static byte[] Of(ReadOnlyMemory<byte> memory) =>
        MemoryMarshal.TryGetArray(memory, out var segment) && segment.Array is { } array && array.Length == memory.Length
            ? array
            : memory.ToArray();
}
