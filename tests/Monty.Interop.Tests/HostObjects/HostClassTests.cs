using Shouldly;
using Xunit;

namespace Monty.Interop.Tests.HostObjects;

/// <summary>A class of lent objects is declared to the type checker, and its definition refuses members that cannot work.</summary>
public sealed class HostClassTests(RuntimeFixture runtime) : IClassFixture<RuntimeFixture>
{
    [Fact]
    public void The_stub_declares_the_members_of_the_class() =>
        new MontyToolSet(Bank.Class().Tool).Stubs.ShouldBe(
            """
            class Account:
                @property
                def owner(self) -> str: ...
                @property
                def balance(self) -> float: ...
                @property
                def parent(self) -> Account | None: ...
                @property
                def broken(self) -> int: ...
                def __init__(self, owner: str, balance: float = 0.0) -> None: ...
                def deposit(self, amount: float) -> float: ...
                async def withdraw(self, amount: float) -> float: ...
                def same_as(self, other: Account) -> bool: ...

            """
        );

    [Fact]
    public void The_prompt_declares_the_members_with_their_descriptions() =>
        new MontyToolSet(Bank.Class().Tool).Prompt.ShouldBe(
            """"
            class Account:
                """An account of the bank."""
                owner: str  # The person who owns the account.
                balance: float
                parent: Account | None
                broken: int
                def __init__(self, owner: str, balance: float = 0.0) -> None: ...
                def deposit(self, amount: float) -> float: ...
                async def withdraw(self, amount: float) -> float: ...
                def same_as(self, other: Account) -> bool: ...

            """"
        );

    [Theory]
    [InlineData("Account('Ada').deposit(1)\nawait find().withdraw(1)\nfind().owner.upper()", null)]
    [InlineData("find().pin", "unresolved-attribute")]
    [InlineData("find().deposit('1')", "invalid-argument-type")]
    [InlineData("find().deposit()", "missing-argument")]
    [InlineData("find().owner = 'Bob'", "invalid-assignment")]
    [InlineData("Account()", "missing-argument")]
    public async Task The_type_checker_reports_invalid_uses(string code, string? rule)
    {
        var tools = new MontyToolSet(MontyTool.From(() => new Account("Ada"), "find", classes: [Bank.Class()]));
        var report = await runtime.Pool.CheckTypesAsync(
            code,
            new TypeCheckOptions { Stubs = tools.Stubs },
            TestContext.Current.CancellationToken
        );
        report.Diagnostics.Select(d => d.Rule).ShouldBe(rule is null ? [] : [rule]);
    }

    [Fact]
    public void A_class_may_refer_to_another_class()
    {
        var bank = Bank.Class();
        var person = MontyHostClass.Define<List<Account>>("Person", m => m.Attribute("accounts", p => p.ToArray()), uses: [bank]);
        var stubs = new MontyToolSet(person.Tool).Stubs;
        stubs.ShouldContain("def accounts(self) -> list[Account]: ...");
        stubs.ShouldContain("class Account:");
    }

    [Theory]
    [InlineData(
        "_pin",
        "cannot have a member named '_pin'. Use a Python identifier that is not a keyword and does not start with an underscore."
    )]
    [InlineData("no way", "cannot have a member named 'no way'")]
    [InlineData("class", "cannot have a member named 'class'")]
    [InlineData("owner", "has two members named 'owner'")]
    public void A_member_name_that_scripts_could_not_use_is_refused(string name, string message)
    {
        DefinitionError(m => m.Attribute("owner", a => a.Owner).Attribute(name, a => a.Owner)).ShouldContain(message);
        DefinitionError(m => m.Attribute("owner", a => a.Owner).Method(name, (Account a) => 1)).ShouldContain(message);
    }

    [Fact]
    public void Members_that_cannot_work_are_refused()
    {
        DefinitionError(m => m.Attribute("stream", a => Stream.Null))
            .ShouldStartWith("The attribute 'stream' of the class 'Account': Stream has no Python counterpart");
        DefinitionError(m => m.Method("write", (Account a, Stream s) => 1))
            .ShouldStartWith(
                "The method 'write' of the class 'Account': the parameter 's' cannot be passed by a script. Stream has no Python counterpart"
            );
        DefinitionError(m => m.Method("go", (string text) => 1))
            .ShouldStartWith(
                "The method 'go' of the class 'Account' does not take the object as its first parameter. Write (Account self, ...) => ...."
            );
        DefinitionError(m => m.Method("go", () => 1)).ShouldContain("does not take the object as its first parameter");
        DefinitionError(m => m.Method("go", (Account a, int self) => 1))
            .ShouldContain("a parameter is named 'self', which is the name of the object itself in Python");
        DefinitionError(m => m.Method("go", (Account a) => 1, TimeSpan.FromSeconds(1)))
            .ShouldContain("The tool 'go' cannot have a timeout, because it is not asynchronous");
        DefinitionError(m => m.Construct(() => "text"))
            .ShouldStartWith("The constructor of the class 'Account' returns String. Return the new Account.");
        DefinitionError(m => m.Construct(() => new Account("a")).Construct(() => new Account("b")))
            .ShouldStartWith("The class 'Account' already has a constructor.");
        Should
            .Throw<ArgumentException>(() => MontyHostClass.Define<Account>("list", m => { }))
            .Message.ShouldStartWith("The class for Account: the name 'list' is a builtin of the runtime");
        Should
            .Throw<ArgumentException>(() => MontyTool.From((Account a) => 1, "f", classes: [Bank.Class(), Bank.Class()]))
            .Message.ShouldContain("Pass only one of them");
    }

    [Fact]
    public void Members_may_have_the_names_of_builtins() =>
        new MontyToolSet(
            MontyHostClass.Define<Account>("Account", m => m.Method("open", (Account a) => 1).Attribute("id", a => 1)).Tool
        ).Stubs.ShouldContain("def open(self) -> int: ...");

    private static string DefinitionError(Action<MontyHostClassMembers<Account>> members) =>
        Should.Throw<ArgumentException>(() => MontyHostClass.Define("Account", members)).Message;
}
