using System.Threading.Channels;
using Microsoft.Data.Sqlite;
using Monty.Actors.Persistence.Sql;

namespace Monty.Actors.Sqlite;

/// <summary>The connections for reading. They are opened when they are first needed. Thread-safe.</summary>
internal sealed class SqliteReaders : IDisposable
{
    private readonly string path;
    private readonly SqliteStoreOptions options;
    private readonly Channel<SqliteStatements?> idle; // null represents a connection that is not open yet

    public SqliteReaders(string path, SqliteStoreOptions options)
    {
        this.path = path;
        this.options = options;
        idle = Channel.CreateUnbounded<SqliteStatements?>();
        for (var i = 0; i < options.MaxReaders; i++)
        {
            idle.Writer.TryWrite(null);
        }
    }

    /// <summary>Runs a read on a thread of the thread pool, because SQLite blocks.</summary>
    /// <exception cref="SessionStoreException">The read failed.</exception>
    public async Task<T> RunAsync<T>(Func<SqlReads, Task<T>> read, CancellationToken cancellationToken)
    {
        SqliteStatements? statements;
        try
        {
            statements = await idle.Reader.ReadAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (ChannelClosedException)
        {
            throw new ObjectDisposedException("The store is closed.", innerException: null);
        }

        try
        {
            return await Task.Run(
                    () =>
                    {
                        statements ??= SqliteStatements.Open(path, writes: false);
                        return read(new SqlReads(options, name => statements[name]));
                    },
                    cancellationToken
                )
                .ConfigureAwait(false);
        }
        catch (SqliteException exception)
        {
            statements?.Dispose();
            statements = null;
            throw SqliteErrors.Explain("A read of the store", exception);
        }
        finally
        {
            if (!idle.Writer.TryWrite(statements))
            {
                statements?.Dispose();
            }
        }
    }

    public void Dispose()
    {
        idle.Writer.TryComplete();
        while (idle.Reader.TryRead(out var statements))
        {
            statements?.Dispose();
        }
    }
}
