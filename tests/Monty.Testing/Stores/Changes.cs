using System.Globalization;
using System.Text;
using Monty.Actors;
using Monty.Actors.Persistence;
using Monty.Interop;

namespace Monty.Testing.Stores;

/// <summary>Creates changes for tests, with default values for everything that a test does not specify.</summary>
internal static class Changes
{
    private static long writers;

    /// <summary>The default time.</summary>
    public static DateTimeOffset Start { get; } = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Returns the id of a session of the tenant <c>acme</c>.</summary>
    public static SessionId Session(string name) => new("acme", name);

    /// <summary>Returns the persistence id of a session.</summary>
    public static string Key(this SessionId session) => PersistenceIds.For(session);

    /// <summary>Creates an index row.</summary>
    public static SessionSummary Summary(
        SessionStatus status = SessionStatus.Idle,
        DateTimeOffset? changedAt = null,
        bool isActive = false,
        DateTimeOffset? dueAt = null,
        IEnumerable<string>? waitingOn = null,
        IEnumerable<string>? labels = null
    ) => new(status, Start, changedAt ?? Start, isActive, dueAt, (waitingOn ?? []).ToEquatableArray(), (labels ?? []).ToEquatableArray());

    /// <summary>Creates a change with a text as its payload and a new writer id. Its version is its sequence number.</summary>
    public static ChangeWrite Change(
        SessionId session,
        long sequence,
        string text = "change",
        long epoch = 1,
        SessionSummary? summary = null
    ) => new(session.Key(), session, Row(sequence, text), epoch, sequence, summary ?? Summary());

    /// <summary>Returns the same change as another incarnation would write it.</summary>
    public static ChangeWrite ByAnother(this ChangeWrite change) => change with { Row = change.Row with { WriterId = NewWriter() } };

    /// <summary>Creates a snapshot with a text as its payload.</summary>
    public static StoredRow Snapshot(long sequence, string text = "snapshot") =>
        new(sequence, Start, Encoding.UTF8.GetBytes(text), 7, "snapshot/1");

    /// <summary>Writes changes in one batch, and returns their outcomes.</summary>
    public static IReadOnlyList<WriteOutcome> WriteAll(this SessionStore store, params IReadOnlyList<ChangeWrite> writes)
    {
        foreach (var write in writes)
        {
            write.Outcome = (WriteOutcome)(-1); // the store must set it
        }

        store.Write(writes);
        return [.. writes.Select(w => w.Outcome)];
    }

    /// <summary>Writes one change.</summary>
    public static WriteOutcome WriteOne(this SessionStore store, ChangeWrite write) => store.WriteAll(write)[0];

    /// <summary>Writes one change through the writer, which may combine it with others in one commit.</summary>
    public static Task<WriteOutcome> WriteAsync(this StoreWriter writer, ChangeWrite write)
    {
        var written = new TaskCompletionSource<WriteOutcome>(TaskCreationOptions.RunContinuationsAsynchronously);
        writer.Enqueue(
            write,
            (change, failure) =>
            {
                if (failure is null)
                {
                    written.SetResult(change.Outcome);
                }
                else
                {
                    written.SetException(failure);
                }
            }
        );
        return written.Task;
    }

    /// <summary>Returns all changes of a session.</summary>
    public static async Task<IReadOnlyList<StoredRow>> ReadAllAsync(this SessionStore store, SessionId session)
    {
        List<StoredRow> rows = [];
        await store.ReadAsync(session.Key(), 1, long.MaxValue, long.MaxValue, rows.Add, CancellationToken.None).ConfigureAwait(false);
        return rows;
    }

    /// <summary>Decodes the change of a row that an engine without seal keys wrote.</summary>
    public static SessionChange Decode(this StoredRow row) =>
        ChangeCodec.Read(Actors.Persistence.Proto.Change.Parser.ParseFrom(row.Payload.Span));

    /// <summary>Returns all events of a session, as written by an engine without seal keys.</summary>
    public static async Task<List<SessionEvent>> ReadEventsAsync(this SessionStore store, SessionId session) =>
        [.. (await store.ReadAllAsync(session).ConfigureAwait(false)).SelectMany(row => row.Decode().Events)];

    /// <summary>Returns the texts of all changes of a session.</summary>
    public static async Task<IReadOnlyList<string>> ReadTextsAsync(this SessionStore store, SessionId session) =>
        [.. (await store.ReadAllAsync(session).ConfigureAwait(false)).Select(Text)];

    /// <summary>Returns the payload as text.</summary>
    public static string Text(this StoredRow row) => Encoding.UTF8.GetString(row.Payload.Span);

    /// <summary>Claims the store and releases it immediately. Later writes need the returned epoch.</summary>
    public static async Task<long> RaiseEpochAsync(this SessionStore store, string holder = "an engine")
    {
        var ownership = await store.OwnAsync(holder, CancellationToken.None).ConfigureAwait(false);
        await ownership.DisposeAsync().ConfigureAwait(false);
        return ownership.Epoch;
    }

    private static StoredRow Row(long sequence, string text) =>
        new(sequence, Start, Encoding.UTF8.GetBytes(text), 7, "change/1", NewWriter());

    private static string NewWriter() => string.Create(CultureInfo.InvariantCulture, $"writer {Interlocked.Increment(ref writers)}");
}
