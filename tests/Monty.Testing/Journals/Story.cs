using System.Text;
using Monty.Actors;
using Monty.Interop;

namespace Monty.Testing.Journals;

/// <summary>Creates appends and their parts for tests, with defaults for the values that do not matter to a test.</summary>
public static class Story
{
    /// <summary>The default for all times.</summary>
    public static DateTimeOffset Start { get; } = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Returns the id of a session of the tenant <c>acme</c>.</summary>
    public static SessionId Session(string name) => new("acme", name);

    /// <summary>Creates the row of a session.</summary>
    public static SessionSummary Summary(
        SessionStatus status = SessionStatus.Idle,
        DateTimeOffset? changedAt = null,
        bool isActive = false,
        DateTimeOffset? dueAt = null,
        IEnumerable<string>? waitingOn = null,
        IEnumerable<string>? labels = null
    ) => new(status, Start, changedAt ?? Start, isActive, dueAt, (waitingOn ?? []).ToEquatableArray(), (labels ?? []).ToEquatableArray());

    /// <summary>Creates a record whose payload is a text.</summary>
    public static JournalRecord Record(
        long version,
        string text = "fact",
        string kind = "fed",
        int schema = 1,
        DateTimeOffset? at = null
    ) => new(version, kind, schema, Encoding.UTF8.GetBytes(text), at ?? Start);

    /// <summary>Creates a dump whose content is a text.</summary>
    public static JournalDump Dump(long version, string text = "state") => new(version, "monty 0.0.23", Encoding.UTF8.GetBytes(text));

    /// <summary>Creates an append with one record for each text.</summary>
    public static SessionAppend Append(
        SessionId session,
        long expectedVersion,
        IReadOnlyList<string> texts,
        long epoch = 1,
        SessionSummary? summary = null,
        JournalDump? dump = null
    ) =>
        new(
            session,
            expectedVersion,
            epoch,
            [.. texts.Select((text, i) => Record(expectedVersion + 1 + i, text))],
            summary ?? Summary(),
            dump
        );

    /// <summary>Creates the first append of a session, with one record and the given row.</summary>
    public static SessionAppend Opened(SessionId session, SessionSummary summary, long epoch = 1) =>
        Append(session, 0, ["opened"], epoch, summary);

    /// <summary>Returns the payload of a record as text.</summary>
    public static string Text(this JournalRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        return Encoding.UTF8.GetString(record.Payload.Span);
    }
}
