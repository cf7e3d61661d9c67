using System.Data.Common;
using System.Text.Json;

namespace Monty.Actors.Persistence.Sql;

/// <summary>Reads rows of a SQL store. The statements have the same names in every store, and each read gets its command by name.</summary>
internal sealed class SqlReads(SessionStoreOptions options, Func<string, DbCommand> commands)
{
    private const int MaxPageBytes = 8 << 20;

    public Task<SessionEntry?> FindAsync(SessionId session, CancellationToken cancellationToken) =>
        FindFirstAsync(commands("find_session").Set(session), SqlRows.Entry, cancellationToken);

    /// <summary>Reads a page of changes. The page ends early when it contains several megabytes.</summary>
    public async Task<IReadOnlyList<StoredRow>> ReadPageAsync(
        string persistenceId,
        long from,
        long to,
        int max,
        CancellationToken cancellationToken
    )
    {
        var bytes = 0L;
        return await ReadAsync(
                commands("read_changes")
                    .Set("persistence_id", persistenceId)
                    .Set("from", from)
                    .Set("to", to)
                    .Set("max", max)
                    .Set("max_bytes", options.MaxRowBytes)
                    .Set("max_page_bytes", MaxPageBytes),
                SqlRows.Row,
                cancellationToken,
                more: row => (bytes += row.Payload.Length) < MaxPageBytes
            )
            .ConfigureAwait(false);
    }

    public async Task<IReadOnlyList<string>> ListPersistenceIdsAsync(string after, int max, CancellationToken cancellationToken) =>
        await ReadAsync(commands("list_persistence_ids").Set("after", after).Set("max", max), row => row.GetString(0), cancellationToken)
            .ConfigureAwait(false);

    public async Task<long> FindHighestAsync(string persistenceId, CancellationToken cancellationToken) =>
        await FindFirstAsync(
                commands("find_highest").Set("persistence_id", persistenceId),
                row => (long?)row.GetInt64(0),
                cancellationToken
            )
            .ConfigureAwait(false)
        ?? 0;

    public Task<StoredRow?> FindSnapshotAsync(string persistenceId, long upTo, CancellationToken cancellationToken) =>
        FindFirstAsync(
            commands("find_snapshot").Set("persistence_id", persistenceId).Set("up_to", upTo).Set("max_bytes", options.MaxSnapshotBytes),
            SqlRows.Row,
            cancellationToken
        );

    public async Task<IReadOnlyList<SessionEntry>> ListAsync(SessionQuery query, CancellationToken cancellationToken) =>
        await ReadAsync(ListCommand(query), SqlRows.Entry, cancellationToken).ConfigureAwait(false);

    /// <remarks>An invalid row is skipped, so that it does not block the other sessions.</remarks>
    public async Task<IReadOnlyList<DueSession>> ListDueAsync(
        DateTimeOffset until,
        DueSession? after,
        int max,
        CancellationToken cancellationToken
    )
    {
        for (var limit = max; ; limit = limit <= int.MaxValue / 2 ? limit * 2 : int.MaxValue)
        {
            var rows = await ReadAsync(
                    commands("list_due")
                        .Set("until_us", Microseconds.From(until))
                        .Set("after_us", after is null ? long.MinValue : Microseconds.From(after.DueAt))
                        .Set("after_tenant", after?.Session.Tenant ?? "")
                        .Set("after_name", after?.Session.Name ?? "")
                        .Set("max", limit),
                    Due,
                    cancellationToken
                )
                .ConfigureAwait(false);
            List<DueSession> due = [.. rows.OfType<DueSession>().Take(max)];
            if (due.Count == max || rows.Count < limit)
            {
                return due;
            }
        }
    }

    /// <remarks>An invalid row is skipped, so that it does not block the other sessions.</remarks>
    public async Task<IReadOnlyList<SessionId>> ListActiveAsync(SessionId? after, int max, CancellationToken cancellationToken)
    {
        for (var (tenant, name) = (after?.Tenant ?? "", after?.Name ?? ""); ; )
        {
            var rows = await ReadAsync(
                    commands("list_active").Set("after_tenant", tenant).Set("after_name", name).Set("max", max),
                    row => (Tenant: row.GetString(0), Name: row.GetString(1)),
                    cancellationToken
                )
                .ConfigureAwait(false);
            List<SessionId> active = [.. rows.Where(r => IsSession(r.Tenant, r.Name)).Select(r => new SessionId(r.Tenant, r.Name))];
            if (active.Count > 0 || rows.Count < max)
            {
                return active;
            }

            (tenant, name) = rows[^1];
        }
    }

    /// <summary>Returns the name of the engine that claimed the store last.</summary>
    public async Task<string> FindHolderAsync(CancellationToken cancellationToken) =>
        await FindFirstAsync(commands("find_holder"), row => row.GetString(0), cancellationToken).ConfigureAwait(false) ?? "unknown";

    /// <summary>
    /// Returns the command of a listing. It walks the index of the most selective filter in the order of names, and checks the other filters on the way.
    /// </summary>
    public DbCommand ListCommand(SessionQuery query)
    {
        var name = query switch
        {
            { Label: not null } => "list_sessions_by_label",
            { WaitingOn: not null } => "list_sessions_by_waiting_on",
            { Status: not null } => "list_sessions_by_status",
            { UnchangedSince: not null } => "list_sessions_by_age",
            _ => "list_sessions",
        };
        var since = query.UnchangedSince is { } time ? Microseconds.From(time) : long.MaxValue;
        var command = commands(name).Set("tenant", query.Tenant).Set("after_name", query.After ?? "").Set("max", query.Max);
        if (name != "list_sessions")
        {
            command.Set("unchanged_since_us", since);
        }

        if (name is "list_sessions_by_age" or "list_sessions_by_status")
        {
            command.Set("unchanged_since_day", Microseconds.Day(since));
        }

        if (query.Status is not null || query.Label is not null || query.WaitingOn is not null)
        {
            command.Set("status", (short?)query.Status);
        }

        if (query.Label is not null)
        {
            command.Set("label", query.Label);
        }

        if (query.Label is not null || query.WaitingOn is not null)
        {
            command.Set("waiting_on", query.WaitingOn);
        }

        return command;
    }

    private static DueSession? Due(DbDataReader row)
    {
        var (tenant, name, at) = (row.GetString(0), row.GetString(1), row.GetInt64(2));
        return IsSession(tenant, name) && Microseconds.IsTime(at)
            ? new DueSession(new SessionId(tenant, name), Microseconds.ToTime(at))
            : null;
    }

    private static bool IsSession(string tenant, string name) => SessionId.IsValidPart(tenant) && SessionId.IsValidPart(name);

    /// <summary>Returns true for exceptions that an invalid row causes.</summary>
    public static bool IsOfTheRow(Exception exception) =>
        exception is ArgumentException or InvalidCastException or FormatException or OverflowException or JsonException;

    private static async Task<T?> FindFirstAsync<T>(DbCommand command, Func<DbDataReader, T?> read, CancellationToken cancellationToken)
    {
        var found = await ReadAsync(command, read, cancellationToken).ConfigureAwait(false);
        return found.Count == 0 ? default : found[0];
    }

    private static async Task<List<T>> ReadAsync<T>(
        DbCommand command,
        Func<DbDataReader, T> read,
        CancellationToken cancellationToken,
        Func<T, bool>? more = null
    )
    {
        List<T> rows = [];
        var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await using (reader.ConfigureAwait(false))
        {
            while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            {
                try
                {
                    rows.Add(read(reader));
                }
                catch (Exception exception) when (IsOfTheRow(exception))
                {
                    throw new SessionStoreException(
                        "Reading the store failed: a row contains invalid data. Restore the store from a backup.",
                        exception
                    );
                }

                if (more?.Invoke(rows[^1]) == false)
                {
                    break;
                }
            }
        }

        return rows;
    }
}
