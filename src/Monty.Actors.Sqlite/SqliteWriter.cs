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
            foreach (var write in writes)
            {
                Run(write, statements, options);
            }

            statements.Execute("COMMIT");
        }
        catch (SqliteException exception)
        {
            Dispose(); // a transaction that is open is rolled back with its connection
            var explained = SqliteErrors.Explain("A commit to the journal", exception);
            throw SqliteErrors.IsOfTheWrite(exception) ? new WriteRefusedException(explained.Message, exception) : explained;
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

    private static void Run(JournalWrite write, SqliteStatements statements, SqliteJournalOptions options)
    {
        switch (write)
        {
            case AppendWrite append:
                append.Outcome = Append(append.Append, statements);
                break;
            case ClaimWrite claim:
                claim.Outcome = Claim(claim, statements, options);
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
        try
        {
            return SqliteAppend.Run(append, statements);
        }
        catch (Exception exception) when (SqlReads.IsOfTheRow(exception))
        {
            throw SqlReads.Damaged(append.Session, 0);
        }
    }

    private static ClaimResult Claim(ClaimWrite claim, SqliteStatements statements, SqliteJournalOptions options)
    {
        statements["claim_session"].Set(claim.Session).Set("epoch", claim.Epoch).ExecuteNonQuery();
        return new SqlReads(name => statements[name], options)
            .FindAsync(claim.Session, CancellationToken.None)
            .GetAwaiter()
            .GetResult() switch // SQLite has no async
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
