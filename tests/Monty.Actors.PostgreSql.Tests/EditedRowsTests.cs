using Monty.Testing.Journals;
using Npgsql;

namespace Monty.Actors.PostgreSql.Tests;

/// <summary>A PostgreSQL schema whose rows were edited.</summary>
public sealed class EditedRowsTests : EditedRowsContract<PostgreSqlStore>
{
    protected override async Task EditAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(Store.Options.ConnectionString);
        await connection.OpenAsync(Cancellation);
#pragma warning disable CA2100 // Constants of the contract, in the schema of this test.
        await using var command = new NpgsqlCommand($"SET search_path TO {Store.Options.Schema}; {sql}", connection);
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync(Cancellation);
    }
}
