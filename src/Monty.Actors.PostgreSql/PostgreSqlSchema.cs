using System.Buffers;
using System.Globalization;
using Monty.Actors.Persistence.Sql;
using Npgsql;

namespace Monty.Actors.PostgreSql;

/// <summary>Migrates the tables to the newest schema, in one process at a time.</summary>
internal static class PostgreSqlSchema
{
    /// <summary>The first number of the advisory locks: MNTY in ASCII. The second number is the hash of the schema.</summary>
    public const int LockSpace = 0x4D4E5459;

    private static readonly SearchValues<char> NameCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789_");

    public static void CheckName(string schema)
    {
        if (
            schema is not { Length: > 0 and <= 63 }
            || schema.AsSpan().IndexOfAnyExcept(NameCharacters) >= 0
            || char.IsAsciiDigit(schema[0])
        )
        {
            throw new ArgumentException(
                "The schema of the store is invalid: use 1 to 63 characters of a-z, 0-9 and _, and no digit at the start.",
                nameof(schema)
            );
        }
    }

    /// <exception cref="SessionStoreException">The tables were created by a newer version of this library.</exception>
    public static async Task MigrateAsync(NpgsqlConnection connection, string schema, CancellationToken cancellationToken)
    {
        var transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        await using (transaction.ConfigureAwait(false))
        {
            await RunAsync($"SELECT pg_advisory_xact_lock({LockSpace}, hashtext('{schema} migrates'))").ConfigureAwait(false);
            await RunAsync($"CREATE SCHEMA IF NOT EXISTS {schema}").ConfigureAwait(false);
            await RunAsync("CREATE TABLE IF NOT EXISTS schema_version (version integer PRIMARY KEY)").ConfigureAwait(false);
            var version = Convert.ToInt64(
                await RunAsync("SELECT coalesce(max(version), 0) FROM schema_version").ConfigureAwait(false),
                CultureInfo.InvariantCulture
            );
            foreach (var migration in PostgreSqlConnections.Files.Since(version))
            {
                await RunAsync(migration.Sql).ConfigureAwait(false);
                await RunAsync($"INSERT INTO schema_version (version) VALUES ({migration.Number})").ConfigureAwait(false);
            }

            await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
        }

        async Task<object?> RunAsync(string sql)
        {
#pragma warning disable CA2100 // The text consists of embedded files and constants, numbers, and a schema name that was checked.
            var command = new NpgsqlCommand(sql, connection);
#pragma warning restore CA2100
            await using (command.ConfigureAwait(false))
            {
                return await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false);
            }
        }
    }
}
