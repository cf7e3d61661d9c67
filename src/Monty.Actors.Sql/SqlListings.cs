using LinqToDB;
using LinqToDB.Async;

namespace Monty.Actors.Sql;

/// <summary>Reads the index.</summary>
/// <remarks>A session whose first change is not stored yet has only a mark, and is listed only among the active sessions.</remarks>
internal static class SqlListings
{
    public static async Task<SessionEntry?> FindAsync(SqlTables db, string persistenceId, CancellationToken cancellationToken) =>
        await db
            .Sessions.FirstOrDefaultAsync(s => s.PersistenceId == persistenceId && s.Version > 0, cancellationToken)
            .ConfigureAwait(false)
            is { } row
            ? SqlIndex.EntryOf(row)
            : null;

    public static async Task<IReadOnlyList<SessionEntry>> ListAsync(SqlTables db, SessionQuery query, CancellationToken cancellationToken)
    {
        var (tenant, after) = (query.Tenant, query.After ?? "");
        var sessions = db.Sessions.Where(s => s.Tenant == tenant && s.Name.CompareTo(after) > 0 && s.Version > 0);
        if (query.Status is { } status)
        {
            var number = (short)status;
            sessions = sessions.Where(s => s.Status == number);
        }

        if (query.UnchangedSince is { } time)
        {
            var since = Microseconds.From(time);
            sessions = sessions.Where(s => s.ChangedAt <= since);
        }

        sessions = WithTag(db, sessions, TagRow.Label, query.Label);
        sessions = WithTag(db, sessions, TagRow.WaitingOn, query.WaitingOn);
        var rows = await sessions.OrderBy(s => s.Name).Take(query.Max).ToListAsync(cancellationToken).ConfigureAwait(false);
        return rows.ConvertAll(SqlIndex.EntryOf);
    }

    /// <remarks>An invalid row is skipped, so that it does not block the other sessions.</remarks>
    public static async Task<IReadOnlyList<DueSession>> ListDueAsync(
        SqlTables db,
        DateTimeOffset until,
        DueSession? after,
        int max,
        CancellationToken cancellationToken
    )
    {
        var last = Microseconds.From(until);
        var due = db.Sessions.Where(s => s.DueAt != null && s.DueAt <= last);
        if (after is not null)
        {
            var (at, tenant, name) = (Microseconds.From(after.DueAt), after.Session.Tenant, after.Session.Name);
            due = due.Where(s =>
                s.DueAt > at || (s.DueAt == at && (s.Tenant.CompareTo(tenant) > 0 || (s.Tenant == tenant && s.Name.CompareTo(name) > 0)))
            );
        }

        for (var limit = max; ; limit = limit <= int.MaxValue / 2 ? limit * 2 : int.MaxValue)
        {
            var rows = await due.OrderBy(s => s.DueAt)
                .ThenBy(s => s.Tenant)
                .ThenBy(s => s.Name)
                .Take(limit)
                .Select(s => new
                {
                    s.Tenant,
                    s.Name,
                    s.DueAt,
                })
                .ToListAsync(cancellationToken)
                .ConfigureAwait(false);
            List<DueSession> valid =
            [
                .. rows.Where(r => IsSession(r.Tenant, r.Name) && Microseconds.IsTime(r.DueAt!.Value))
                    .Select(r => new DueSession(new SessionId(r.Tenant, r.Name), Microseconds.ToTime(r.DueAt!.Value)))
                    .Take(max),
            ];
            if (valid.Count == max || rows.Count < limit)
            {
                return valid;
            }
        }
    }

    /// <remarks>An invalid row is skipped, so that it does not block the other sessions.</remarks>
    public static async Task<IReadOnlyList<SessionId>> ListActiveAsync(
        SqlTables db,
        SessionId? after,
        int max,
        CancellationToken cancellationToken
    )
    {
        for (var (tenant, name) = (after?.Tenant ?? "", after?.Name ?? ""); ; )
        {
            var rows = await db
                .Sessions.Where(s => s.IsActive && (s.Tenant.CompareTo(tenant) > 0 || (s.Tenant == tenant && s.Name.CompareTo(name) > 0)))
                .OrderBy(s => s.Tenant)
                .ThenBy(s => s.Name)
                .Take(max)
                .Select(s => new { s.Tenant, s.Name })
                .ToListAsync(cancellationToken)
                .ConfigureAwait(false);
            List<SessionId> active = [.. rows.Where(r => IsSession(r.Tenant, r.Name)).Select(r => new SessionId(r.Tenant, r.Name))];
            if (active.Count > 0 || rows.Count < max)
            {
                return active;
            }

            tenant = rows[^1].Tenant;
            name = rows[^1].Name;
        }
    }

    private static IQueryable<SessionRow> WithTag(SqlTables db, IQueryable<SessionRow> sessions, short kind, string? tag) =>
        tag is null
            ? sessions
            : sessions.Where(s =>
                db.Tags.Any(t =>
                    t.Tenant == s.Tenant && t.Kind == kind && t.Tag == tag && t.Name == s.Name && t.PersistenceId == s.PersistenceId
                )
            );

    private static bool IsSession(string tenant, string name) => SessionId.IsValidPart(tenant) && SessionId.IsValidPart(name);
}
