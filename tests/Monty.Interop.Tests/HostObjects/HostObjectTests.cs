using Monty.Testing;
using Shouldly;
using Xunit;

namespace Monty.Interop.Tests.HostObjects;

/// <summary>Scripts can use the members of a lent C# object that its class defines, and no others.</summary>
public sealed class HostObjectTests(RuntimeFixture runtime) : IClassFixture<RuntimeFixture>
{
    private readonly Account ada = new("Ada") { Balance = 10 };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("account.owner, account.balance, account.parent", "('Ada', 10.0, None)")]
    [InlineData("account.deposit(5), account.balance", "(15.0, 15.0)")]
    [InlineData("account.deposit(amount=0.5)", "10.5")]
    [InlineData("await account.withdraw(3), account.balance", "(7.0, 7.0)")]
    [InlineData("import asyncio\nawait asyncio.gather(account.withdraw(1), account.withdraw(1))\naccount.balance", "8.0")]
    [InlineData("f = account.deposit\nf(1), f(2)", "(11.0, 13.0)")]
    [InlineData("f = account.withdraw\nawait f(1)", "9.0")]
    [InlineData("[account.deposit(x) for x in (1, 2)]", "[11.0, 13.0]")]
    [InlineData("account.same_as(account)", "True")]
    [InlineData(
        "[hasattr(account, n) for n in ('owner', 'deposit', 'pin', 'Pin', '_pin', 'get_type', 'Balance')]",
        "[True, True, False, False, False, False, False]"
    )]
    [InlineData("getattr(account, 'pin', 'none')", "'none'")]
    [InlineData("getattr(account, 'owner')", "'Ada'")]
    [InlineData("account.note = 'mine'\naccount.note", "'mine'")]
    [InlineData("Account('Bob').owner, Account(owner='Eve', balance=2).balance", "('Bob', 2.0)")]
    [InlineData("a, b = Account('Bob'), Account('Bob')\na.same_as(a), a.same_as(b), account.same_as(a)", "(True, False, False)")]
    [InlineData("A = Account\nisinstance(account, A), isinstance(A('Bob'), Account), isinstance(1, A)", "(True, True, False)")]
    [InlineData("A = Account\nA('Bob').deposit(2)", "2.0")]
    public async Task Scripts_can_use_the_members_that_the_class_defines(string code, string expected) =>
        (await RunAsync(code)).Value.ToString().ShouldBe(expected);

    [Theory]
    [InlineData("account.pin", "AttributeError: 'Account' object has no attribute 'pin'")]
    [InlineData("account.pin()", "AttributeError: 'Account' object has no attribute 'pin'")]
    [InlineData("account._pin", "AttributeError: 'Account' object has no attribute '_pin'")]
    [InlineData("account.__class__.pin", "AttributeError: type object 'Account' has no attribute 'pin'")]
    [InlineData("account.GetType()", "AttributeError: 'Account' object has no attribute 'GetType'")]
    [InlineData("A = Account\nA.owner", "AttributeError: type object 'Account' has no attribute 'owner'")]
    [InlineData("A = Account\nA.deposit(account, 1)", "AttributeError: type object 'Account' has no attribute 'deposit'")]
    [InlineData("account.deposit()", "TypeError: Account.deposit() missing 1 required positional argument: 'amount'")]
    [InlineData("account.deposit(1, 2)", "TypeError: Account.deposit() takes 2 positional arguments but 3 were given")]
    [InlineData("account.deposit('1')", "TypeError: Account.deposit() argument 'amount' must be float, not str")]
    [InlineData("account.same_as({'owner': 'Ada'})", "TypeError: Account.same_as() argument 'other' must be Account, not dict")]
    [InlineData("account.same_as(None)", "TypeError: Account.same_as() argument 'other' must be Account, not NoneType")]
    [InlineData("account.owner()", "TypeError: 'str' object is not callable")]
    [InlineData("account.deposit(-1)", "ValueError: the method 'deposit' failed")]
    [InlineData("account.broken", "RuntimeError: the attribute 'broken' failed")]
    [InlineData("hasattr(account, 'broken')", "RuntimeError: the attribute 'broken' failed")]
    [InlineData("Account()", "TypeError: Account.__init__() missing 1 required positional argument: 'owner'")]
    [InlineData("Account('a', 1, 2)", "TypeError: Account.__init__() takes from 2 to 3 positional arguments but 4 were given")]
    [InlineData("hash(account)", "TypeError: unhashable type: 'Account'")]
    public async Task Any_other_use_fails_as_in_Python(string code, string expected) =>
        (await Should.ThrowAsync<MontyScriptException>(() => RunAsync(code))).Error.TypeAndMessage.ShouldBe(expected);

    [Fact]
    public async Task A_tool_receives_the_original_object_at_any_depth_of_its_arguments()
    {
        Account? met = null;
        IReadOnlyList<Account?>? all = null;
        var bank = Bank.Class();
        MontyTool[] tools =
        [
            MontyTool.From(
                (Account account) =>
                {
                    met = account;
                },
                "meet",
                classes: [bank]
            ),
            MontyTool.From(
                (IReadOnlyList<Account?> accounts) =>
                {
                    all = accounts;
                },
                "meet_all",
                classes: [bank]
            ),
            MontyTool.From(() => new Dictionary<string, Account> { ["a"] = ada, ["b"] = ada }, "find", classes: [bank]),
        ];
        using var session = await runtime.OpenAsync();
        var value = session.Lend(ada, bank);
        session.Lend(ada, bank).ShouldBe(value);
        var feed = new FeedOptions
        {
            Tools = tools,
            Inputs = new Dictionary<string, MontyValue> { ["account"] = value },
        };
        var found = (
            await session.FeedAsync("meet(account)\nfound = find()\nmeet_all([account, None, found['b']])\nfound", feed, Cancellation)
        ).Value;
        met.ShouldBeSameAs(ada);
        all!.ShouldBe([ada, null, ada]);
        found.AsDict().Pairs.ShouldAllBe(p => ((MontyInstance)p.Value).InstanceId == value.InstanceId);
        session.FindLent<Account>(found.AsDict().Pairs[0].Value).ShouldBeSameAs(ada);
        session.FindLent<SavingsAccount>(value).ShouldBeNull();
        session.FindLent<Account>("text").ShouldBeNull();
    }

    [Fact]
    public async Task An_id_is_given_or_random_and_belongs_to_one_object()
    {
        var bank = Bank.Class();
        using var session = await runtime.OpenAsync();
        var id = Guid.NewGuid();
        session.Lend(ada, bank, id).InstanceId.ShouldBe(id);
        session.Lend(ada, bank).InstanceId.ShouldBe(id);
        Should.Throw<ArgumentException>(() => session.Lend(ada, bank, Guid.NewGuid())).Message.ShouldContain("An object keeps one id");
        Should
            .Throw<ArgumentException>(() => session.Lend(new Account("Bob"), bank, id))
            .Message.ShouldContain("Give each object its own id");
        session.Lend(new Account("Bob"), bank).InstanceId.ShouldNotBe(id);
    }

    [Fact]
    public async Task An_instance_of_a_derived_type_is_lent_as_the_class_that_the_tool_declares()
    {
        var bank = Bank.Class();
        var tools = new MontyToolSet(MontyTool.From(Account () => new SavingsAccount("Eve"), "open_savings", classes: [bank]));
        (
            await runtime.Pool.RunAsync(
                "s = open_savings()\ns.owner, type(s) is Account",
                new FeedOptions { Tools = tools },
                cancellationToken: Cancellation
            )
        )
            .Value.ToString()
            .ShouldBe("('Eve', True)");
    }

    [Fact]
    public async Task An_object_may_be_lent_as_two_classes_with_different_members()
    {
        var reader = MontyHostClass.Define<Account>("ReadOnlyAccount", m => m.Attribute("balance", a => a.Balance));
        var feed = new FeedOptions
        {
            HostObjects = new Dictionary<string, MontyHostObject> { ["full"] = Bank.Class().Wrap(ada), ["view"] = reader.Wrap(ada) },
        };
        (await runtime.Pool.RunAsync("full.deposit(1)\nview.balance, hasattr(view, 'deposit')", feed, cancellationToken: Cancellation))
            .Value.ToString()
            .ShouldBe("(11.0, False)");
    }

    [Fact]
    public async Task A_class_without_a_constructor_cannot_be_called()
    {
        var closed = MontyHostClass.Define<Account>("Closed", m => m.Attribute("owner", a => a.Owner));
        var failed = await Should.ThrowAsync<MontyScriptException>(() =>
            runtime.Pool.RunAsync("Closed()", new FeedOptions { Tools = [closed.Tool] }, cancellationToken: Cancellation)
        );
        failed.Error.TypeAndMessage.ShouldBe("TypeError: cannot create 'Closed' instances");
    }

    [Fact]
    public async Task A_constructor_that_returns_null_raises_an_error_in_the_script()
    {
        var empty = MontyHostClass.Define<Account>("Empty", m => m.Construct(() => (Account)null!));
        var failed = await Should.ThrowAsync<MontyScriptException>(() =>
            runtime.Pool.RunAsync("Empty()", new FeedOptions { Tools = [empty.Tool] }, cancellationToken: Cancellation)
        );
        failed.Error.TypeAndMessage.ShouldBe("RuntimeError: the tool 'Empty' failed");
    }

    [Fact]
    public async Task Concurrent_tools_that_return_the_same_object_lend_it_with_one_id()
    {
        var bank = Bank.Class();
        var tool = MontyTool.From(
            async Task<Account> () =>
            {
                await Task.Yield();
                return ada;
            },
            "find",
            classes: [bank]
        );
        var found = (
            await runtime.Pool.RunAsync(
                "import asyncio\nawait asyncio.gather(*[find() for _ in range(50)])",
                new FeedOptions { Tools = [tool] },
                cancellationToken: Cancellation
            )
        ).Value;
        found.AsList().Count.ShouldBe(50);
        found.AsList().Select(f => ((MontyInstance)f).InstanceId).Distinct().ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_caller_that_steps_through_the_feed_sees_method_calls_as_suspensions()
    {
        using var session = await runtime.OpenAsync();
        var account = session.Lend(ada, Bank.Class());
        var call = (MontyFunctionCall)
            await session.StartAsync(
                "account.deposit(5)",
                new FeedOptions { Inputs = new Dictionary<string, MontyValue> { ["account"] = account } },
                Cancellation
            );
        (call.Name, call.ObjectId).ShouldBe(("deposit", account.InstanceId));
        ada.Balance.ShouldBe(10);
    }

    [Fact]
    public async Task The_same_name_cannot_be_an_input_and_a_lent_object()
    {
        var feed = new FeedOptions
        {
            Inputs = new Dictionary<string, MontyValue> { ["a"] = 1 },
            HostObjects = new Dictionary<string, MontyHostObject> { ["a"] = Bank.Class().Wrap(ada) },
        };
        (
            await Should.ThrowAsync<ArgumentException>(() => runtime.Pool.RunAsync("a", feed, cancellationToken: Cancellation))
        ).Message.ShouldContain("both in Inputs and in HostObjects");
    }

    [Fact]
    public async Task Instances_that_the_session_did_not_lend_remain_plain_data()
    {
        var data = MontyJson.Parse("""{"$dataclass": {"type": "Point", "fields": {"x": 1}}}""");
        var feed = new FeedOptions
        {
            Tools = [Bank.Class().Tool],
            Inputs = new Dictionary<string, MontyValue> { ["p"] = data },
        };
        (await runtime.Pool.RunAsync("p.x, hasattr(p, 'y')", feed, cancellationToken: Cancellation))
            .Value.ToString()
            .ShouldBe("(1, False)");
        (
            await Should.ThrowAsync<MontyScriptException>(() => runtime.Pool.RunAsync("p.y()", feed, cancellationToken: Cancellation))
        ).Error.Type.ShouldBe("AttributeError");
    }

    private Task<MontyResult> RunAsync(string code)
    {
        var bank = Bank.Class();
        var feed = new FeedOptions
        {
            Tools = [bank.Tool],
            HostObjects = new Dictionary<string, MontyHostObject> { ["account"] = bank.Wrap(ada) },
        };
        return runtime.Pool.RunAsync(code, feed, cancellationToken: Cancellation).InTime();
    }
}
