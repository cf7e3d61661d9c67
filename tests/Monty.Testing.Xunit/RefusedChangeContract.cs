using Monty.Actors;
using Monty.Actors.Persistence;
using Shouldly;
using Xunit;

namespace Monty.Testing.Stores;

/// <summary>The index is written in the transaction of the append, so that a row that the database refuses fails the change.</summary>
public abstract class RefusedChangeContract<TStore> : StoreContract<TStore>
    where TStore : TestStore, new()
{
    private static readonly SessionId BadSession = Changes.Session("bad");

    /// <summary>Runs SQL on the store's tables.</summary>
    protected abstract Task EditAsync(string sql);

    /// <inheritdoc/>
    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync().ConfigureAwait(false);
        Store.WriteAll([.. ((string[])["a", "bad", "c"]).Select(name => Changes.Change(Changes.Session(name), 1, "the first change"))]);
    }

    [Fact]
    public async Task A_change_that_the_database_refuses_fails_alone_among_those_of_its_commit()
    {
        await EditAsync("INSERT INTO session_tag (tenant, tag_kind, tag, name, session_key) VALUES ('acme', 2, 'new', 'bad', 0)")
            .ConfigureAwait(false);
        ChangeWrite[] writes =
        [
            .. ((string[])["a", "bad", "c"]).Select(name =>
                Changes.Change(Changes.Session(name), 2, "more", summary: Changes.Summary(labels: ["new"]))
            ),
        ];

        Should.Throw<ChangeRefusedException>(() => Store.WriteAll(writes));
        await using var writer = new StoreWriter(Store);
        Task<WriteOutcome>[] written = [.. writes.Select(writer.WriteAsync)];

        (await written[0].InTime().ConfigureAwait(false)).ShouldBe(WriteOutcome.Stored);
        (await Should.ThrowAsync<ChangeRefusedException>(() => written[1].InTime()).ConfigureAwait(false)).Message.ShouldNotContain("more");
        (await written[2].InTime().ConfigureAwait(false)).ShouldBe(WriteOutcome.Stored);
        (await Store.ReadTextsAsync(BadSession).ConfigureAwait(false)).ShouldBe(["the first change"]);
        (await Store.ReadTextsAsync(Changes.Session("c")).ConfigureAwait(false)).ShouldBe(["the first change", "more"]);
    }
}
