namespace Monty.Interop.Tests.HostObjects;

/// <summary>A C# object with more members than scripts may use.</summary>
public class Account(string owner)
{
    public string Owner { get; } = owner;

    public decimal Balance { get; set; }

    public string Pin { get; } = "1234";

    public Account? Parent { get; set; }

    public decimal Deposit(decimal amount)
    {
        if (amount <= 0)
        {
            throw new ArgumentOutOfRangeException(nameof(amount), "The amount must be positive.");
        }

        return Balance += amount;
    }

    public async Task<decimal> WithdrawAsync(decimal amount)
    {
        await Task.Yield();
        return Balance -= amount;
    }
}

public sealed class SavingsAccount(string owner) : Account(owner);

/// <summary>Defines the members of accounts that scripts may use, in the way that a user of the library would.</summary>
internal static class Bank
{
    public static MontyHostClass<Account> Class(Func<Guid, Account?>? reattach = null) =>
        MontyHostClass.Define<Account>(
            "Account",
            members =>
            {
                members
                    .Attribute("owner", a => a.Owner, "The person who owns the account.")
                    .Attribute("balance", a => a.Balance)
                    .Attribute("parent", Account? (a) => a.Parent)
                    .Attribute("broken", int (a) => throw new InvalidOperationException("no such row"))
                    .Method("deposit", (Account a, decimal amount) => a.Deposit(amount))
                    .Method("withdraw", (Account a, decimal amount) => a.WithdrawAsync(amount))
                    .Method("same_as", (Account a, Account other) => ReferenceEquals(a, other))
                    .Construct((string owner, decimal balance = 0) => new Account(owner) { Balance = balance });
                if (reattach is not null)
                {
                    members.ReattachBy(reattach);
                }
            },
            "An account of the bank."
        );
}
