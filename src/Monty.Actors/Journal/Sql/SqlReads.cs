using System.Data.Common;
using System.Text.Json;

namespace Monty.Actors.Journal.Sql;

/// <summary>The reads of a journal, the same for every SQL store: each takes its command by the statement's name.</summary>
internal sealed class SqlReads(Func<string, DbCommand> commands, JournalOptions options)
{
    public async Task<SessionHead?> FindAsync(SessionId session, CancellationToken cancellationToken)
    {
        var heads = await ReadAsync(
                commands("find_session").Set(session).Set("max_dump_bytes", options.MaxDumpBytes),
                SqlRows.Head,
                cancellationToken,
                damaged: _ => Damaged(session, 0)
            )
            .ConfigureAwait(false);
        return heads.Count == 0 ? null : heads[0];
    }

    /// <exception cref="JournalTamperedException">A record is missing before another, or its row cannot be read.</exception>
    public async Task<IReadOnlyList<JournalRecord>> ReadAsync(
        SessionId session,
        long afterVersion,
        int maxRecords,
        CancellationToken cancellationToken
    )
    {
        var command = commands("read_records")
            .Set(session)
            .Set("after_version", afterVersion)
            .Set("max_records", maxRecords)
            .Set("max_bytes", JournalOptions.MaxPageBytes)
            .Set("max_record_bytes", options.MaxRecordBytes);
        var bytes = 0L;
        var records = await ReadAsync(
                command,
                SqlRows.Record,
                cancellationToken,
                more: record => (bytes += record.Payload.Length) < JournalOptions.MaxPageBytes,
                damaged: count => Damaged(session, afterVersion + count + 1)
            )
            .ConfigureAwait(false);
        for (var i = 0; i < records.Count; i++)
        {
            if (records[i].Version != afterVersion + i + 1)
            {
                throw Damaged(session, afterVersion + i + 1);
            }
        }

        return records;
    }

    public async Task<IReadOnlyList<SessionEntry>> ListAsync(SessionQuery query, CancellationToken cancellationToken) =>
        await ReadAsync(ListCommand(query), SqlRows.Line, cancellationToken).ConfigureAwait(false);

    /// <remarks>A row that cannot be a session's is left out, so that it holds nobody else up.</remarks>
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

    public async Task<DateTimeOffset?> FindNextDueAsync(CancellationToken cancellationToken)
    {
        var next = await ListDueAsync(DateTimeOffset.MaxValue, null, 1, cancellationToken).ConfigureAwait(false);
        return next.Count == 0 ? null : next[0].DueAt;
    }

    /// <remarks>A row that cannot be a session's is left out, so that it holds nobody else up.</remarks>
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

    /// <summary>Who took the store last.</summary>
    public async Task<string> FindHolderAsync(CancellationToken cancellationToken) =>
        (await ReadAsync(commands("find_holder"), row => row.GetString(0), cancellationToken).ConfigureAwait(false))[0];

    /// <summary>The command of a listing: it walks the index of the rarest filter in the order of names, and tests the others on the way.</summary>
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

    public static JournalTamperedException Damaged(SessionId session, long version) =>
        new(
            version == 0
                ? $"The row of {session} holds what nobody wrote there."
                : $"Record {version} of {session} is missing, larger than MaxRecordBytes, or holds what nobody wrote there. Restore the journal from a backup.",
            session,
            version
        );

    /// <summary>True when a row holds what its columns cannot.</summary>
    public static bool IsOfTheRow(Exception exception) =>
        exception is ArgumentException or InvalidCastException or FormatException or OverflowException or JsonException;

    private static async Task<List<T>> ReadAsync<T>(
        DbCommand command,
        Func<DbDataReader, T> read,
        CancellationToken cancellationToken,
        Func<T, bool>? more = null,
        Func<int, JournalException>? damaged = null
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
                    throw damaged?.Invoke(rows.Count)
                        ?? new JournalException(
                            "A row of the journal holds what nobody wrote there. Restore the journal from a backup.",
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
