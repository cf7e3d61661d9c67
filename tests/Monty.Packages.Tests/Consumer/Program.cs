using Monty.Interop;

using var pool = new MontyPool();
var result = await pool.RunAsync(
    "import asyncio\nsum(await asyncio.gather(price('tea'), price('milk')))",
    new FeedOptions
    {
        Tools = [MontyTool.Async("price", (call, _) => ValueTask.FromResult<MontyValue>(((MontyStr)call.Arguments[0]).Value.Length))],
    }
);
Console.WriteLine(result.Value);
