using Monty.Actors;
using Monty.Testing.Stores;

namespace Monty.Load;

/// <summary>A store that counts the changes which another one made durable.</summary>
internal sealed class CountingStore(SessionStore inner) : DelegatingStore(inner)
{
    private long changes;

    public long Changes => Interlocked.Read(ref changes);

    internal override void Write(IReadOnlyList<ChangeWrite> writes)
    {
        base.Write(writes);
        Interlocked.Add(ref changes, writes.Count(w => w.Outcome == WriteOutcome.Stored));
    }
}
