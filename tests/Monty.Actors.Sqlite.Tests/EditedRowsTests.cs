using Microsoft.Data.Sqlite;
using Monty.Testing.Journals;

namespace Monty.Actors.Sqlite.Tests;

/// <summary>A SQLite file whose rows were edited.</summary>
public sealed class EditedRowsTests : EditedRowsContract<SqliteStore>
{
    protected override async Task EditAsync(string sql)
    {
        await using var connection = new SqliteConnection($"Data Source={Store.Path};Pooling=False");
        await connection.OpenAsync(Cancellation);
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Constants of the contract.
        command.CommandText = sql;
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync(Cancellation);
    }
}
