using Monty.Testing.Stores;

namespace Monty.Actors.PostgreSql.Tests;

/// <summary>Tests a PostgreSQL schema whose rows were edited.</summary>
public sealed class EditedRowsTests : EditedRowsContract<PostgreSqlTestStore>
{
    protected override Task EditAsync(string sql) => Sql.RunAsync(Place, sql);

    protected override string Zeros(int count) => $"decode(repeat('00', {count}), 'hex')";
}
