using Microsoft.Data.Sqlite;

namespace Monty.Actors.Sqlite;

/// <summary>The connection that writes. There is only one, because SQLite allows one writer at a time.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class SqliteWriter(string path) : IDisposable
{
    private readonly Lock gate = new();
    private SqliteStatements? statements;
    private bool isDisposed;

    /// <summary>Runs statements in a separate transaction. Blocks until the commit is on the disk.</summary>
    /// <param name="what">The name of the operation for error messages.</param>
    /// <param name="write">
    /// Runs the statements. The transaction holds the write lock of the database, so data that it reads does not change before it writes.
    /// </param>
    /// <exception cref="ChangeRefusedException">The rows violate a constraint, a type or a size limit. Nothing was written.</exception>
    /// <exception cref="SessionStoreException">The commit failed. It is unknown whether the rows were written.</exception>
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

    /// <summary>Closes the connection. An open transaction is rolled back.</summary>
    private void Close()
    {
        statements?.Dispose();
        statements = null;
    }
}
