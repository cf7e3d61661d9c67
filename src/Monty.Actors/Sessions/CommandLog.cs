using System.Collections.Immutable;

namespace Monty.Actors;

/// <summary>The ids of the commands that a session applied last, with a fingerprint of each, so that a command that is sent again is applied once.</summary>
/// <remarks>
/// Immutable and thread-safe. Of commands that were forgotten for newer ones, the time of the latest is kept: a command that was first sent before it, and is not in
/// the log, may have been applied.
/// </remarks>
internal sealed record CommandLog
{
    /// <summary>How many commands are remembered.</summary>
    public const int Capacity = 1024;

    private readonly ImmutableQueue<LoggedCommand> order = [];
    private readonly ImmutableDictionary<string, CommandFingerprint> fingerprints = ImmutableDictionary.Create<string, CommandFingerprint>(
        StringComparer.Ordinal
    );

    private CommandLog() { }

    /// <summary>A log without commands.</summary>
    public static CommandLog Empty { get; } = new();

    /// <summary>The commands, oldest first.</summary>
    public IEnumerable<LoggedCommand> Entries => order;

    /// <summary>When the latest of the forgotten commands was first sent, UTC; null while none was forgotten.</summary>
    public DateTimeOffset? ForgottenUntil { get; init; }

    /// <summary>Restores a log.</summary>
    public static CommandLog From(IEnumerable<LoggedCommand> entries, DateTimeOffset? forgottenUntil) =>
        entries.Aggregate(Empty, (log, entry) => log.Add(entry)) with
        {
            ForgottenUntil = forgottenUntil,
        };

    /// <summary>Returns true when the command was applied.</summary>
    public bool Contains(string commandId) => fingerprints.ContainsKey(commandId);

    /// <summary>Returns the fingerprint of the command that was applied under an id; null for none.</summary>
    public CommandFingerprint? Find(string commandId) => fingerprints.TryGetValue(commandId, out var fingerprint) ? fingerprint : null;

    /// <summary>Returns the log with one more command.</summary>
    public CommandLog Add(LoggedCommand command)
    {
        if (fingerprints.ContainsKey(command.Id))
        {
            return this;
        }

        var kept = order.Enqueue(command);
        var known = fingerprints.Add(command.Id, command.Fingerprint);
        if (known.Count <= Capacity)
        {
            return new CommandLog(kept, known) { ForgottenUntil = ForgottenUntil };
        }

        kept = kept.Dequeue(out var oldest);
        return new CommandLog(kept, known.Remove(oldest.Id))
        {
            ForgottenUntil = ForgottenUntil > oldest.SentAt ? ForgottenUntil : oldest.SentAt,
        };
    }

    /// <summary>Returns true when both remember the same commands in the same order.</summary>
    public bool Equals(CommandLog? other) =>
        other is not null && ForgottenUntil == other.ForgottenUntil && order.SequenceEqual(other.order);

    /// <inheritdoc/>
    public override int GetHashCode() => fingerprints.Count;

    private CommandLog(ImmutableQueue<LoggedCommand> order, ImmutableDictionary<string, CommandFingerprint> fingerprints)
    {
        this.order = order;
        this.fingerprints = fingerprints;
    }
}

/// <summary>A command that was applied.</summary>
/// <param name="Id">The command's id.</param>
/// <param name="Fingerprint">The command's kind and a hash of its content.</param>
/// <param name="SentAt">When it was first sent, UTC.</param>
internal sealed record LoggedCommand(string Id, CommandFingerprint Fingerprint, DateTimeOffset SentAt);
