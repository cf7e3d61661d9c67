using Monty.Testing.Stores;
using Npgsql;
using Xunit;

namespace Monty.Actors.PostgreSql.Tests;

/// <summary>Runs SQL of a test, as the superuser of the server that all tests share.</summary>
internal static class Sql
{
    public static Task RunAsync(string sql) => ScalarAsync(sql);

    public static Task RunAsync(PostgreSqlTestStore place, string sql) => ScalarAsync($"SET search_path TO {place.Options.Schema}; {sql}");

    public static Task<object?> ScalarAsync(string sql) => ScalarAsync(PostgreSqlTestStore.Server!, sql);

    public static async Task<object?> ScalarAsync(PostgreSqlServer server, string sql)
    {
        await using var connection = new NpgsqlConnection($"{server.ConnectionString};Pooling=false");
        await connection.OpenAsync(TestContext.Current.CancellationToken);
#pragma warning disable CA2100 // The text is a constant of the tests.
        await using var command = new NpgsqlCommand(sql, connection);
#pragma warning restore CA2100
        return await command.ExecuteScalarAsync(TestContext.Current.CancellationToken);
    }
}
