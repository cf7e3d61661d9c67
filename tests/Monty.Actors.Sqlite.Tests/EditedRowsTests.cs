using Monty.Testing.Stores;
using Shouldly;
using Xunit;

namespace Monty.Actors.Sqlite.Tests;

/// <summary>Tests a SQLite file whose rows were edited.</summary>
public sealed class EditedRowsTests : EditedRowsContract<SqliteTestStore>
{
    protected override Task EditAsync(string sql) => Sql.RunAsync(Place.Path, sql);

    protected override string Zeros(int count) => $"zeroblob({count})";

    /// <summary>Tests numbers that the columns of PostgreSQL do not accept.</summary>
    [Theory]
    [InlineData("UPDATE journal SET identifier = 5000000000")]
    [InlineData(
        "UPDATE session SET status = 5000000000, changed_day = 5000000000, closed_us = 1, labels = 'no list'; DELETE FROM session_tag"
    )]
    public async Task Numbers_out_of_range_block_neither_reads_nor_writes(string sql)
    {
        await EditAsync("DROP TRIGGER session_labelled; " + sql);
        var session = Changes.Session("bad");

        (await Store.ReadTextsAsync(session)).ShouldBe(["the first change"]);
        Store.WriteOne(Changes.Change(session, 2)).ShouldBe(WriteOutcome.Stored);
        (await Store.FindAsync(session, Cancellation)).ShouldBe(new SessionEntry(session, 2, Changes.Summary()));
    }
}
