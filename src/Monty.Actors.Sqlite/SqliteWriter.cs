using System.Diagnostics;
using Microsoft.Data.Sqlite;
using Monty.Actors.Journal;
using Monty.Actors.Journal.Sql;

namespace Monty.Actors.Sqlite;

/// <summary>The one connection that writes, used by the thread of the group commit only.</summary>
internal sealed class SqliteWriter(SqliteJournalOptions options) : IJournalWriter
{
    private SqliteStatements? statements;

    public void Commit(IReadOnlyList<JournalWrite> writes)
    {
        try
        {
            statements ??= SqliteStatements.Open(options, writes: true);
            statements.Execute("BEGIN IMMEDIATE");
            foreach (var write in writes) Run(write, statements);
            statements.Execute("COMMIT");
        }
        catch (SqliteException exception)
        {
            Dispose(); // a transaction that is open is rolled back with its connection
            throw SqliteErrors.Explain("A commit to the journal", exception);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        statements?.Dispose();
        statements = null;
    }

    private static void Run(JournalWrite write, SqliteStatements statements)
    {
        switch (write)
        {
            case AppendWrite append:
                append.Outcome = Append(append.Append, statements);
                break;
            case ClaimWrite claim:
                claim.Outcome = Claim(claim, statements);
                break;
            case SqliteWrite other:
                other.Outcome = other.Run(statements);
                break;
            default:
                throw new UnreachableException();
        }
    }

    private static AppendResult Append(SessionAppend append, SqliteStatements statements)
    {
        var summary = append.Summary;
        var command = statements[append.ExpectedVersion == 0 ? "create_session" : "append_session"].Set(append.Session)
            .Set("next_version", append.NextVersion).Set("epoch", append.Epoch).Set("status", (long)summary.Status).Set("is_active", summary.IsActive)
            .Set("created_us", Microseconds.From(summary.CreatedAt)).Set("changed_us", Microseconds.From(summary.ChangedAt))
            .Set("due_us", summary.DueAt is { } due ? Microseconds.From(due) : null)
            .Set("closed_us", summary.Status == SessionStatus.Closed ? Microseconds.From(summary.ChangedAt) : null)
            .Set("waiting_on", TagColumn.Write(summary.WaitingOn)).Set("labels", TagColumn.Write(summary.Labels));
        if (append.ExpectedVersion > 0) command.Set("expected_version", append.ExpectedVersion);
        if (command.ExecuteScalar() is not long key)
            return statements["find_epoch"].Set(append.Session).ExecuteScalar() is long epoch && epoch > append.Epoch ? AppendResult.Fenced : AppendResult.VersionConflict;

        foreach (var record in append.Records)
        {
            statements["add_record"].Set("session_key", key).Set("version", record.Version).Set("kind", record.Kind).Set("schema", record.Schema)
                .Set("at_us", Microseconds.From(record.At)).Set("payload", Bytes.Of(record.Payload)).ExecuteNonQuery();
        }

        if (append.Dump is { } dump)
        {
            statements["put_dump"].Set("session_key", key).Set("version", dump.Version).Set("runtime", dump.Runtime).Set("content", Bytes.Of(dump.Content)).ExecuteNonQuery();
        }

        return AppendResult.Appended;
    }

    private static ClaimResult Claim(ClaimWrite claim, SqliteStatements statements)
    {
        statements["claim_session"].Set(claim.Session).Set("epoch", claim.Epoch).ExecuteNonQuery();
        return new SqlReads(name => statements[name]).FindAsync(claim.Session, CancellationToken.None).GetAwaiter().GetResult() switch // SQLite has no async
        {
            null => new ClaimResult.Absent(),
            { } head when head.Epoch > claim.Epoch => new ClaimResult.Fenced(head.Epoch),
            { } head => new ClaimResult.Claimed(head),
        };
    }
}

/// <summary>A write of a kind that needs no more than a number back.</summary>
internal sealed class SqliteWrite(Func<SqliteStatements, long> run) : JournalWrite<long>(0)
{
    public Func<SqliteStatements, long> Run { get; } = run;
}
