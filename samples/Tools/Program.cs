// C# methods are the tools of a script. Calls follow the rules of Python and run in parallel under gather, and the signatures of the
// methods describe the tools to a model.
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

[Description("An item that the shop sells.")]
internal sealed record Item(string Name, [property: Description("The price of one item.")] decimal Price);

internal enum Currency
{
    EUR,
    USD,
}

internal sealed class Shop(decimal dollarsForOneEuro)
{
    [MontyTool]
    [Description("Finds an item by its name.")]
    public async Task<Item> FindItemAsync(string name, Currency currency = Currency.EUR)
    {
        await Task.Yield(); // Stands for a request to a service.
        return new Item(name, (name.Length + 0.5m) * (currency == Currency.EUR ? 1 : dollarsForOneEuro));
    }

    [MontyTool]
    public static decimal Total(IEnumerable<decimal> prices) => prices.Sum();
}
