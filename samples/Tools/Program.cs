// C# methods as a script's tools: called with Python's rules, at the same time under gather, and described to a model by the same signatures.
using System.ComponentModel;
using Monty.Interop;

var tools = MontyToolSet.From(new Shop(dollarsForOneEuro: 1.25m));
Console.WriteLine(tools.Prompt);

using var pool = new MontyPool();
var result = await pool.RunAsync(
    """
    import asyncio
    tea, milk = await asyncio.gather(find_item('tea'), find_item('milk', currency='USD'))
    try:
        await find_item('coffee', 3, 4)
    except TypeError as error:
        print(error)
    [tea.price, milk.name, total([tea.price, milk.price])]
    """,
    new FeedOptions { Tools = tools, OnPrint = Console.Write }
);
Console.WriteLine(result.Value);

/// <summary>What the shop sells an item for.</summary>
[Description("What is sold.")]
internal sealed record Item(string Name, [property: Description("For one.")] decimal Price);

internal enum Currency
{
    EUR,
    USD,
}

internal sealed class Shop(decimal dollarsForOneEuro)
{
    [MontyTool]
    [Description("Looks an item up.")]
    public async Task<Item> FindItemAsync(string name, Currency currency = Currency.EUR)
    {
        await Task.Yield(); // a request to somewhere
        return new Item(name, (name.Length + 0.5m) * (currency == Currency.EUR ? 1 : dollarsForOneEuro));
    }

    [MontyTool]
    public static decimal Total(IEnumerable<decimal> prices) => prices.Sum();
}
