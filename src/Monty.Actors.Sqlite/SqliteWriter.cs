using Microsoft.Data.Sqlite;

namespace Monty.Actors.Sqlite;

/// <summary>The one connection that writes. SQLite has one writer at a time in any case.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class SqliteWriter(string path) : IDisposable
{
    private readonly Lock gate = new();
    private SqliteStatements? statements;
    private bool isDisposed;

    /// <summary>Runs statements in a transaction of their own. It blocks until the commit is on the disk.</summary>
    /// <param name="what">The call, for the message when it fails.</param>
    /// <param name="write">Runs the statements. The transaction holds the database's only writing lock, so that what it reads is still so when it writes.</param>
    /// <exception cref="ChangeRefusedException">A constraint, a type or a size refuses the rows; nothing was written.</exception>
    /// <exception cref="SessionStoreException">It failed; whether the rows were written is unknown.</exception>
    public T Run<T>(string what, Func<SqliteStatements, T> write)
    {
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(isDisposed, typeof(SqliteStore));
            try
            {
                statements ??= SqliteStatements.Open(path, writes: true);
                statements.Begin();
                var result = write(statements);
                statements.Execute("COMMIT");
                return result;
            }
            catch (SqliteException exception)
            {
                Close();
                var explained = SqliteErrors.Explain(what, exception);
                throw SqliteErrors.IsOfTheWrite(exception) ? new ChangeRefusedException(explained.Message, exception) : explained;
            }
            catch
            {
                Close();
                throw;
            }
        }
    }

    public void Dispose()
    {
        lock (gate)
        {
            isDisposed = true;
            Close();
        }
    }

    /// <summary>Closes the connection. A transaction that is open is rolled back with it.</summary>
    private void Close()
    {
        statements?.Dispose();
        statements = null;
    }
}
