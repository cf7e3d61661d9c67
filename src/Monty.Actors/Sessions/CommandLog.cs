using System.Collections.Immutable;

namespace Monty.Actors;

/// <summary>The ids of the commands that a session applied last, and what each command was.</summary>
/// <remarks>Immutable and thread-safe. A command that is sent again after <see cref="Capacity"/> others is not recognised.</remarks>
internal sealed record CommandLog
{
    /// <summary>How many ids are remembered.</summary>
    public const int Capacity = 1024;

    private readonly ImmutableQueue<string> order = [];
    private readonly ImmutableDictionary<string, CommandFingerprint> prints = ImmutableDictionary.Create<string, CommandFingerprint>(
        StringComparer.Ordinal
    );

    private CommandLog() { }

    private CommandLog(ImmutableQueue<string> order, ImmutableDictionary<string, CommandFingerprint> prints) =>
        (this.order, this.prints) = (order, prints);

    /// <summary>No command yet.</summary>
    public static CommandLog Empty { get; } = new();

    /// <summary>True when the command was applied.</summary>
    public bool Contains(string commandId) => prints.ContainsKey(commandId);

    /// <summary>What the command was that was applied under an id; null for none.</summary>
    public CommandFingerprint? Find(string commandId) => prints.TryGetValue(commandId, out var print) ? print : null;

    /// <summary>The log with one more command.</summary>
    public CommandLog Add(string commandId, CommandFingerprint print)
    {
        if (prints.ContainsKey(commandId))
        {
            return this;
        }

        var (kept, known) = (order.Enqueue(commandId), prints.Add(commandId, print));
        if (known.Count > Capacity)
        {
            kept = kept.Dequeue(out var oldest);
            known = known.Remove(oldest);
        }

        return new CommandLog(kept, known);
    }

    /// <summary>True when both remember the same commands in the same order.</summary>
    public bool Equals(CommandLog? other) =>
        other is not null && order.Select(id => (id, prints[id])).SequenceEqual(other.order.Select(id => (id, other.prints[id])));

    /// <inheritdoc/>
    public override int GetHashCode() => prints.Count;
}
