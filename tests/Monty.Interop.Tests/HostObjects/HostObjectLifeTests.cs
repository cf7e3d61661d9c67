using System.Runtime.CompilerServices;
using Monty.Testing;
using Shouldly;
using Xunit;

namespace Monty.Interop.Tests.HostObjects;

/// <summary>Objects are held as long as the session lives, and found again after a load by their class or not at all.</summary>
public sealed class HostObjectLifeTests(RuntimeFixture runtime) : IClassFixture<RuntimeFixture>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Disposing_lets_go_of_every_object()
    {
        var session = await runtime.OpenAsync();
        var lent = await LendAndMakeAsync(session);
        Collect();
        lent.ShouldAllBe(l => l.IsAlive);
        await session.DisposeAsync();
        await LetGoAsync(lent);
        Should.Throw<ObjectDisposedException>(() => session.Lend(new Account("Bob"), Bank.Class()));
        GC.KeepAlive(session);
    }

    [Fact]
    public async Task A_second_class_of_one_name_gives_no_other_rights_to_what_is_lent()
    {
        using var session = await runtime.OpenAsync();
        var ada = new Account("Ada");
        session.Lend(ada, MontyHostClass.Define<Account>("Account", members => members.Attribute("owner", a => a.Owner)));

        Should
            .Throw<ArgumentException>(() => session.Lend(ada, Bank.Class()))
            .Message.ShouldStartWith("The session knows another class named 'Account'");
    }

    [Fact]
    public async Task A_reset_lets_go_of_every_object()
    {
        using var session = await runtime.OpenAsync();
        var lent = await LendAndMakeAsync(session);
        await session.ResetAsync(Cancellation);
        await LetGoAsync(lent);
        session.Lend(new Account("Bob"), Bank.Class()).TypeName.ShouldBe("Account");
    }

    [Fact]
    public async Task After_a_load_the_class_finds_objects_again_by_their_id()
    {
        var (ada, id, asked) = (new Account("Ada"), Guid.NewGuid(), new List<Guid>());
        var dump = await DumpAsync(ada, id, "f = account.deposit\nkept = [account]");
        var bank = Bank.Class(reattach: i =>
        {
            asked.Add(i);
            return ada;
        });
        Account? met = null;
        var feed = new FeedOptions
        {
            Tools =
            [
                MontyTool.From(
                    (Account a) =>
                    {
                        met = a;
                    },
                    "meet",
                    classes: [bank]
                ),
            ],
        };
        using var session = await runtime.Pool.LoadSessionAsync(dump, cancellationToken: Cancellation);
        var result = await session
            .FeedAsync(
                "f(5), account.balance, kept[0].same_as(account), meet(account), hasattr(account, 'pin'), isinstance(account, Account)",
                feed,
                Cancellation
            )
            .InTime();
        result.Value.ToString().ShouldBe("(5.0, 5.0, True, None, False, True)");
        (met, ada.Balance).ShouldBe((ada, 5));
        asked.ShouldBe([id]);
        session.Lend(ada, bank).InstanceId.ShouldBe(id);
    }

    [Fact]
    public async Task A_call_that_waited_through_the_dump_is_answered_after_it()
    {
        var ada = new Account("Ada");
        MontyDump dump;
        using (var first = await runtime.OpenAsync())
        {
            var account = first.Lend(ada, Bank.Class(), Guid.NewGuid());
            (
                await first.StartAsync(
                    "account.deposit(5) + 1",
                    new FeedOptions { Inputs = new Dictionary<string, MontyValue> { ["account"] = account } },
                    Cancellation
                )
            ).ShouldBeOfType<MontyFunctionCall>();
            dump = await first.DumpAsync(Cancellation);
        }

        using var session = await runtime.Pool.LoadSessionAsync(dump, cancellationToken: Cancellation);
        (await session.ContinueAsync(new FeedOptions { Tools = [Bank.Class(_ => ada).Tool] }, Cancellation).InTime()).Value.ShouldBe(
            (MontyValue)6.0
        );
    }

    [Theory]
    [InlineData("account.owner")]
    [InlineData("account.deposit(1)")]
    [InlineData("hasattr(account, 'owner')")]
    [InlineData("getattr(account, 'owner', None)")]
    [InlineData("meet(account)")]
    [InlineData("f(1)")]
    public async Task Without_a_way_to_find_it_the_script_is_told_so(string code)
    {
        var dump = await DumpAsync(new Account("Ada"), null, "f = account.deposit");
        foreach (
            var (bank, reason) in new[]
            {
                (Bank.Class(), "its class cannot find it again"),
                (Bank.Class(_ => null), "the host does not have it any more"),
            }
        )
        {
            using var session = await runtime.Pool.LoadSessionAsync(dump, cancellationToken: Cancellation);
            var feed = new FeedOptions { Tools = [MontyTool.From((Account a) => 1, "meet", classes: [bank])] };
            (
                await Should.ThrowAsync<MontyScriptException>(() => session.FeedAsync(code, feed, Cancellation).InTime())
            ).Error.TypeAndMessage.ShouldBe($"RuntimeError: the 'Account' object was lent by an earlier session, and {reason}");
        }
    }

    [Fact]
    public async Task Without_its_class_the_script_is_told_so_and_another_feed_can_do_better()
    {
        var ada = new Account("Ada");
        var dump = await DumpAsync(ada, null, "1");
        using var session = await runtime.Pool.LoadSessionAsync(dump, cancellationToken: Cancellation);
        (
            await Should.ThrowAsync<MontyScriptException>(() =>
                session.FeedAsync("account.owner", cancellationToken: Cancellation).InTime()
            )
        ).Error.TypeAndMessage.ShouldBe(
            "RuntimeError: the 'Account' object was lent by an earlier session, and the host gave this feed no such class"
        );
        (await session.FeedAsync("account.owner", new FeedOptions { Tools = [Bank.Class(_ => ada).Tool] }, Cancellation).InTime())
            .Value.AsString()
            .ShouldBe("Ada");
    }

    [Fact]
    public async Task Ids_travel_through_dumps_of_dumps_and_stateless_turns()
    {
        var ada = new Account("Ada");
        var dump = await DumpAsync(ada, null, "1");
        using (var between = await runtime.Pool.LoadSessionAsync(dump, cancellationToken: Cancellation))
        {
            dump = await between.DumpAsync(Cancellation);
        }

        dump = (await runtime.Pool.TurnAsync(dump, new FeedTurn("x = 1"), cancellationToken: Cancellation)).Dump;
        using var session = await runtime.Pool.LoadSessionAsync(dump, cancellationToken: Cancellation);
        (await session.FeedAsync("account.owner", new FeedOptions { Tools = [Bank.Class(_ => ada).Tool] }, Cancellation).InTime())
            .Value.AsString()
            .ShouldBe("Ada");
    }

    private async Task<MontyDump> DumpAsync(Account account, Guid? id, string code)
    {
        using var session = await runtime.OpenAsync();
        var feed = new FeedOptions
        {
            HostObjects = new Dictionary<string, MontyHostObject> { ["account"] = Bank.Class().Wrap(account, id) },
        };
        await session.FeedAsync(code, feed, Cancellation).InTime();
        return await session.DumpAsync(Cancellation);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task<List<WeakReference>> LendAndMakeAsync(MontySession session)
    {
        var lent = new List<WeakReference>();
        var bank = MontyHostClass.Define<Account>(
            "Account",
            m =>
                m.Construct(
                    (string owner) =>
                    {
                        var made = new Account(owner);
                        lent.Add(new WeakReference(made));
                        return made;
                    }
                )
        );
        var given = new Account("Ada");
        lent.Add(new WeakReference(given));
        var feed = new FeedOptions
        {
            Tools = [bank.Tool],
            HostObjects = new Dictionary<string, MontyHostObject> { ["account"] = bank.Wrap(given) },
        };
        await session.FeedAsync("a = Account('Bob')", feed, Cancellation).InTime();
        lent.Count.ShouldBe(2);
        return lent;
    }

    /// <summary>Looks again and again: frames that are below the test on its stack may still hold them.</summary>
    private static Task LetGoAsync(List<WeakReference> lent) =>
        TestTasks.UntilAsync(() =>
        {
            Collect();
            return lent.TrueForAll(l => !l.IsAlive);
        });

    private static void Collect()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
    }
}
