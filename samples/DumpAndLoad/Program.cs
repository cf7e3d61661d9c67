// A session outlives its process. `DumpAndLoad begin FILE` runs a script until it waits for an answer, and dumps the session to FILE.
// `DumpAndLoad answer FILE WORD` loads the session and continues it with the answer. It can run hours later, or on another machine.
using Monty.Interop;

const string Script = """
    def total(orders):
        return sum(price for name, price in orders)

    orders = [('desk', 180), ('lamp', 45)]
    print('the orders cost', total(orders))
    if approve(f'spend {total(orders)}?') == 'yes':
        orders.append(('receipt', 0))
    len(orders)
    """;

using var pool = new MontyPool();
switch (args)
{
    case ["begin", var file]:
    {
        using var session = await pool.OpenSessionAsync();
        if (await session.StartAsync(Script, new FeedOptions { OnPrint = Console.Write }) is not MontyFunctionCall question)
        {
            return 1;
        }

        var dump = await session.DumpAsync();
        await File.WriteAllBytesAsync(file, dump.Bytes);
        Console.WriteLine($"waiting for {question.Display()}");
        return 0;
    }

    case ["answer", var file, var word]:
    {
        using var session = await pool.LoadSessionAsync(new MontyDump(await File.ReadAllBytesAsync(file)));
        Console.WriteLine($"answering {((MontyFunctionCall)session.Pending!).Display()}");
        if (await session.AnswerAsync(session.Pending, MontyAnswer.Return(word)) is not MontyComplete end)
        {
            return 1;
        }

        Console.WriteLine($"the result is {end.Value}");
        return 0;
    }

    default:
        await Console.Error.WriteLineAsync("usage: DumpAndLoad begin FILE | answer FILE WORD");
        return 2;
}
