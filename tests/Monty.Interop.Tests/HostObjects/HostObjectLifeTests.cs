using System.Runtime.CompilerServices;
using Monty.Testing;
using Shouldly;
using Xunit;

namespace Monty.Interop.Tests.HostObjects;

/// <summary>A session holds its lent objects until it ends. After a load, their class can reattach them.</summary>
public sealed class HostObjectLifeTests(RuntimeFixture runtime) : IClassFixture<RuntimeFixture>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Disposing_the_session_releases_every_object()
    {
        var session = await runtime.OpenAsync();
        var lent = await LendAndMakeAsync(session);
        Collect();
        lent.ShouldAllBe(l => l.IsAlive);
        await session.DisposeAsync();
        await ShouldBeCollectedAsync(lent);
        Should.Throw<ObjectDisposedException>(() => session.Lend(new Account("Bob"), Bank.Class()));
        GC.KeepAlive(session);
    }

    [Fact]
    public async Task A_second_class_with_the_same_name_is_refused()
    {
        using var session = await runtime.OpenAsync();
        var ada = new Account("Ada");
        session.Lend(ada, MontyHostClass.Define<Account>("Account", members => members.Attribute("owner", a => a.Owner)));

        Should
            .Throw<ArgumentException>(() => session.Lend(ada, Bank.Class()))
            .Message.ShouldStartWith("Cannot use the class 'Account': the session already uses another class with this name");
    }

    [Fact]
    public async Task Resetting_the_session_releases_every_object()
    {
        using var session = await runtime.OpenAsync();
        var lent = await LendAndMakeAsync(session);
        await session.ResetAsync(Cancellation);
        await ShouldBeCollectedAsync(lent);
        session.Lend(new Account("Bob"), Bank.Class()).TypeName.ShouldBe("Account");
    }

    [Fact]
    public async Task After_a_load_the_class_reattaches_objects_by_their_id()
    {
        var ada = new Account("Ada");
        var id = Guid.NewGuid();
        var requestedIds = new List<Guid>();
        var dump = await DumpAsync(ada, id, "f = account.deposit\nkept = [account]");
        var bank = Bank.Class(reattach: i =>
        {
            requestedIds.Add(i);
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
        requestedIds.ShouldBe([id]);
        session.Lend(ada, bank).InstanceId.ShouldBe(id);
    }

    [Fact]
    public async Task A_call_that_was_pending_in_the_dump_is_answered_after_the_load()
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
    public async Task Using_an_object_that_cannot_be_reattached_raises_an_error_in_the_script(string code)
    {
        var dump = await DumpAsync(new Account("Ada"), null, "f = account.deposit");
        foreach (
            var (bank, reason) in new[]
            {
                (Bank.Class(), "its class cannot reattach objects"),
                (Bank.Class(_ => null), "the host no longer has it"),
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
    public async Task Using_an_object_without_its_class_fails_until_a_feed_provides_the_class()
    {
        var ada = new Account("Ada");
        var dump = await DumpAsync(ada, null, "1");
        using var session = await runtime.Pool.LoadSessionAsync(dump, cancellationToken: Cancellation);
        (
            await Should.ThrowAsync<MontyScriptException>(() =>
                session.FeedAsync("account.owner", cancellationToken: Cancellation).InTime()
            )
        ).Error.TypeAndMessage.ShouldBe(
            "RuntimeError: the 'Account' object was lent by an earlier session, and this feed has no class of that name"
        );
        (await session.FeedAsync("account.owner", new FeedOptions { Tools = [Bank.Class(_ => ada).Tool] }, Cancellation).InTime())
            .Value.AsString()
            .ShouldBe("Ada");
    }

    [Fact]
    public async Task Ids_survive_repeated_dumps_and_stateless_turns()
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

    /// <summary>Waits until all objects are collected. A single collection is not enough, because frames on the stack of the test may still refer to them.</summary>
    private static Task ShouldBeCollectedAsync(List<WeakReference> lent) =>
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
