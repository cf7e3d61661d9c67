using System.Collections.Immutable;

namespace Monty.Actors;

/// <summary>
/// The ids of the commands that a session applied last, each with a fingerprint, so that a command that is sent again is applied only once.
/// </summary>
/// <remarks>
/// Immutable and thread-safe. When commands are forgotten, the log keeps the time of the latest of them. A command that was first sent before that time and
/// is not in the log, may have been applied.
/// </remarks>
internal sealed record CommandLog
{
    /// <summary>The number of commands that are remembered.</summary>
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

    /// <summary>The time at which the latest forgotten command was first sent, in UTC, or null if none was forgotten.</summary>
    public DateTimeOffset? ForgottenUntil { get; init; }

    /// <summary>Restores a log from its entries.</summary>
    /// <param name="entries">The entries, oldest first, at most <see cref="Capacity"/>, each with an id of its own.</param>
    /// <param name="forgottenUntil">The time at which the latest forgotten command was first sent, or null.</param>
    public static CommandLog From(IReadOnlyCollection<LoggedCommand> entries, DateTimeOffset? forgottenUntil)
    {
        var fingerprints = ImmutableDictionary.CreateBuilder<string, CommandFingerprint>(StringComparer.Ordinal);
        foreach (var entry in entries)
        {
            fingerprints[entry.Id] = entry.Fingerprint;
        }

        return new CommandLog(ImmutableQueue.CreateRange(entries), fingerprints.ToImmutable()) { ForgottenUntil = forgottenUntil };
    }

    /// <summary>Returns true if the command was applied.</summary>
    public bool Contains(string commandId) => fingerprints.ContainsKey(commandId);

    /// <summary>Returns the fingerprint of the command that was applied under an id, or null for none.</summary>
    public CommandFingerprint? Find(string commandId) => fingerprints.TryGetValue(commandId, out var fingerprint) ? fingerprint : null;

    /// <summary>
    /// Returns the time at which a command was first sent. It is the current time if the sender named no time, or a time in the future, which would make
    /// the session refuse later commands as too old. If the clock was set back since other commands were forgotten, the result is just after those commands.
    /// </summary>
    /// <param name="sentAt">The time that the sender named, in UTC, or null.</param>
    /// <param name="now">The current time, in UTC.</param>
    public DateTimeOffset CorrectSentAt(DateTimeOffset? sentAt, DateTimeOffset now)
    {
        if (sentAt is { } named && (named <= now || named <= ForgottenUntil))
        {
            return named;
        }

        return now <= ForgottenUntil ? ForgottenUntil.Value.AddMicroseconds(1) : now;
    }

    /// <summary>Returns a log with one more command.</summary>
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

    /// <summary>Returns true if both logs contain the same commands in the same order.</summary>
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
/// <param name="SentAt">The time at which the command was first sent, in UTC.</param>
internal sealed record LoggedCommand(string Id, CommandFingerprint Fingerprint, DateTimeOffset SentAt);
