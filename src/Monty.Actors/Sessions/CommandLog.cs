using System.Collections.Immutable;

namespace Monty.Actors;

/// <summary>The ids of the commands that a session applied last.</summary>
/// <remarks>Immutable and thread-safe. A command that is sent again after <see cref="Capacity"/> others is not recognised.</remarks>
internal sealed record CommandLog
{
    /// <summary>How many ids are remembered.</summary>
    public const int Capacity = 1024;

    private readonly ImmutableQueue<string> order = [];
    private readonly ImmutableHashSet<string> ids = ImmutableHashSet.Create<string>(StringComparer.Ordinal);

    private CommandLog()
    {
    }

    private CommandLog(ImmutableQueue<string> order, ImmutableHashSet<string> ids) => (this.order, this.ids) = (order, ids);

    /// <summary>No command yet.</summary>
    public static CommandLog Empty { get; } = new();

    /// <summary>True when the command was applied.</summary>
    public bool Contains(string commandId) => ids.Contains(commandId);

    /// <summary>The log with one more id; empty ids, which the engine's own facts carry, are not remembered.</summary>
    public CommandLog Add(string commandId)
    {
        if (commandId.Length == 0 || ids.Contains(commandId)) return this;
        var (kept, known) = (order.Enqueue(commandId), ids.Add(commandId));
        if (known.Count > Capacity)
        {
            kept = kept.Dequeue(out var oldest);
            known = known.Remove(oldest);
        }

        return new CommandLog(kept, known);
    }

    /// <summary>True when both remember the same ids in the same order.</summary>
    public bool Equals(CommandLog? other) => other is not null && order.SequenceEqual(other.order);

    /// <inheritdoc/>
    public override int GetHashCode() => ids.Count;
}
