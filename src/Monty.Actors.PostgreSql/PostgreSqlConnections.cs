using System.Data.Common;
using Monty.Actors.Persistence.Sql;
using Npgsql;

namespace Monty.Actors.PostgreSql;

/// <summary>Creates the connections of a store, with the settings that its statements require. Thread-safe.</summary>
internal sealed class PostgreSqlConnections : IAsyncDisposable
{
    // Every statement walks an index, in the order of the index if it has one. This must not depend on statistics, which a new table lacks:
    // the planner would read and sort whole tables, and keep that plan while they grow. Operations that it needs in spite of these settings, such as sorting
    // the rows of one commit, then have such a high estimated cost that the server would compile them to machine code first, which takes half a second.
    private const string Settings =
        "-c enable_seqscan=off -c enable_bitmapscan=off -c enable_sort=off -c jit=off -c plan_cache_mode=force_generic_plan";

    // An operation that delays the commits of all sessions ends by itself, even if a process is suspended in a transaction.
    private const string Timeouts = "-c statement_timeout=30s -c lock_timeout=10s -c idle_in_transaction_session_timeout=30s";

    private const int Probes = 3;

    private readonly NpgsqlDataSource pool;
    private readonly NpgsqlDataSource single;

    public PostgreSqlConnections(PostgreSqlStoreOptions options)
    {
        var text = Parse(options.ConnectionString);
        text.SearchPath = options.Schema;
        text.Enlist = false;
        text.Multiplexing = false;
        var keepAlive = (int)Math.Ceiling(options.KeepAlive.TotalSeconds);
        // A machine that loses power sends nothing. The server therefore probes the client, otherwise it would keep the lock of the store for hours. A client that waits for the lock probes the server.
        text.Options =
            $"{Timeouts} -c tcp_keepalives_idle={keepAlive} -c tcp_keepalives_interval={keepAlive} -c tcp_keepalives_count={Probes} {text.Options} {Settings}";
        if (text.Host?.StartsWith('/') != true && !text.TcpKeepAlive)
        {
            text.TcpKeepAlive = true;
            text.TcpKeepAliveTime = keepAlive;
            text.TcpKeepAliveInterval = keepAlive;
        }

        text.ApplicationName ??= "monty";
        if (text.KeepAlive == 0)
        {
            text.KeepAlive = keepAlive;
        }

        if (text.MaxAutoPrepare == 0)
        {
            text.MaxAutoPrepare = 32;
            text.AutoPrepareMinUsages = 2;
        }

        pool = Build(text, pooling: true);
        single = Build(text, pooling: false);
    }

    public static SqlFiles Files { get; } = new(typeof(PostgreSqlConnections).Assembly);

    /// <summary>Opens a connection for one purpose. Its locks are released when it is closed, not when the pool uses it again.</summary>
    public NpgsqlConnection OpenSingle() => single.OpenConnection();

    /// <inheritdoc cref="OpenSingle"/>
    public ValueTask<NpgsqlConnection> OpenSingleAsync(CancellationToken cancellationToken) =>
        single.OpenConnectionAsync(cancellationToken);

    /// <summary>Runs statements of <c>Sql/</c> on a pooled connection.</summary>
    /// <param name="what">The name of the operation for error messages.</param>
    /// <param name="run">Creates commands by name and runs them.</param>
    /// <param name="cancellationToken">Stops waiting for a connection or for the server.</param>
    /// <exception cref="SessionStoreException">The operation failed.</exception>
    public async Task<T> RunAsync<T>(string what, Func<Func<string, DbCommand>, Task<T>> run, CancellationToken cancellationToken)
    {
        try
        {
            var connection = await pool.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
            await using (connection.ConfigureAwait(false))
            {
                return await run(name => Command(connection, name)).ConfigureAwait(false);
            }
        }
        catch (NpgsqlException exception)
        {
            throw PostgreSqlErrors.Explain(what, exception);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await pool.DisposeAsync().ConfigureAwait(false);
        await single.DisposeAsync().ConfigureAwait(false);
    }

    public static NpgsqlCommand Command(NpgsqlConnection connection, string name)
    {
#pragma warning disable CA2100 // The text is an embedded file of this assembly.
        return new NpgsqlCommand(Files[name], connection);
#pragma warning restore CA2100
    }

    /// <remarks>The parser's own message may contain a part of a password that contains a semicolon.</remarks>
    private static NpgsqlConnectionStringBuilder Parse(string connectionString)
    {
        try
        {
            ArgumentException.ThrowIfNullOrWhiteSpace(connectionString);
            return new NpgsqlConnectionStringBuilder(connectionString);
        }
        catch (ArgumentException)
        {
            throw new ArgumentException(
                $"{nameof(PostgreSqlStoreOptions)}.{nameof(PostgreSqlStoreOptions.ConnectionString)} is missing or invalid. Use the format of Npgsql, Host=...;Database=...;Username=..., with quotes around values that contain a semicolon.",
                nameof(connectionString)
            );
        }
    }

    private static NpgsqlDataSource Build(NpgsqlConnectionStringBuilder text, bool pooling)
    {
        text.Pooling = pooling;
        var builder = new NpgsqlSlimDataSourceBuilder(text.ToString());
        builder.EnableArrays();
        builder.EnableTransportSecurity();
        return builder.Build();
    }
}
