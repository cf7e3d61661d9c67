using Microsoft.Data.Sqlite;
using Monty.Testing.Stores;
using Npgsql;

namespace Monty.Actors.Sql.Tests;

/// <summary>Runs SQL of a test.</summary>
internal static class TestSql
{
    public static async Task<object?> RunOnSqliteAsync(string path, string sql)
    {
        await using var connection = new SqliteConnection($"Data Source={path};Pooling=False");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The text is a constant of the tests.
        command.CommandText = sql;
#pragma warning restore CA2100
        return await command.ExecuteScalarAsync();
    }

    public static async Task<object?> RunOnPostgreSqlAsync(string sql)
    {
        await using var connection = new NpgsqlConnection($"{PostgreSqlTestStore.Server!.ConnectionString};Pooling=false");
        await connection.OpenAsync();
#pragma warning disable CA2100 // The text is a constant of the tests.
        await using var command = new NpgsqlCommand(sql, connection);
#pragma warning restore CA2100
        return await command.ExecuteScalarAsync();
    }
}
