using Monty.Actors;
using Monty.Testing.Stores;

namespace Monty.Load;

/// <summary>A store that counts the changes which another one made durable, and their bytes.</summary>
internal sealed class CountingStore(SessionStore inner) : DelegatingStore(inner)
{
    private long changes;
    private long bytes;

    public long Changes => Interlocked.Read(ref changes);

    /// <summary>The size of the payloads. The keys, the index and the overhead of the database are not included.</summary>
    public long Bytes => Interlocked.Read(ref bytes);

    internal override void Write(IReadOnlyList<ChangeWrite> writes)
    {
        base.Write(writes);
        foreach (var write in writes.Where(w => w.Outcome == WriteOutcome.Stored))
        {
            Interlocked.Increment(ref changes);
            Interlocked.Add(ref bytes, write.Row.Payload.Length);
        }
    }
}
