using Monty.Interop;

namespace Snippets;

/// <summary>The examples of src/Monty.Interop/README.md.</summary>
/// <remarks>Tests compare the regions with the README, and the output of the examples with the comments in them.</remarks>
internal static class Examples
{
    public static async Task RunCodeAsync(MontyPool pool)
    {
        #region run code
        var result = await pool.RunAsync(
            """
            total = 0
            for n in range(100):
                total += n
            total
            """
        );
        Console.WriteLine(result.Value); // 4950
        #endregion
    }

    public static async Task InputsAsync(MontyPool pool)
    {
        #region inputs
        var order = new Dictionary<string, int> { ["apples"] = 3, ["pears"] = 1 };
        var result = await pool.RunAsync(
            "{fruit: count * factor for fruit, count in order.items()}",
            new FeedOptions
            {
                Inputs = new Dictionary<string, MontyValue> { ["order"] = MontyValue.From(order), ["factor"] = 2 },
            }
        );
        Console.WriteLine(result.Value); // {'apples': 6, 'pears': 2}
        Console.WriteLine(result.Value.To<Dictionary<string, int>>()["pears"]); // 2
        #endregion
    }

    public static async Task ToolAsync(MontyPool pool)
    {
        #region a tool
        var prices = new Dictionary<string, double> { ["tea"] = 2.5, ["milk"] = 1.25 };
        var price = MontyTool.Sync(
            "price",
            call =>
                prices.TryGetValue(call.Arguments[0].AsString(), out var amount)
                    ? amount
                    : throw new PythonException("KeyError", "not in the shop")
        );

        var result = await pool.RunAsync(
            """
            try:
                price('gold')
            except KeyError as error:
                print(error)
            price('tea') * 2
            """,
            new FeedOptions { Tools = [price] }
        );
        Console.Write(result.Printed); // 'not in the shop'
        Console.WriteLine(result.Value); // 5.0
        #endregion
    }

    public static async Task AsyncToolsAsync(MontyPool pool)
    {
        #region async tools
        using var bothCalled = new Barrier(2);
        var fetch = MontyTool.Async(
            "fetch",
            async (call, cancellation) =>
            {
                await Task.Run(() => bothCalled.SignalAndWait(cancellation), cancellation);
                return "page of " + call.Arguments[0].AsString();
            }
        );

        var result = await pool.RunAsync(
            """
            import asyncio
            await asyncio.gather(fetch('a'), fetch('b'))
            """,
            new FeedOptions { Tools = [fetch] }
        );
        Console.WriteLine(result.Value); // ['page of a', 'page of b']
        #endregion
    }

    public static async Task ErrorsAsync(MontyPool pool)
    {
        #region errors
        try
        {
            await pool.RunAsync("def half(n):\n    return 1 / n\n\nhalf(0)", new FeedOptions { ScriptName = "agent.py" });
        }
        catch (MontyScriptException exception)
        {
            Console.WriteLine(exception.Error.Type); // ZeroDivisionError
            Console.WriteLine(exception.Traceback);
            // Traceback (most recent call last):
            //   File "agent.py", line 4, in <module>
            //     half(0)
            //     ~~~~^^^
            //   File "agent.py", line 2, in half
            //     return 1 / n
            //            ~~^~~
            // ZeroDivisionError: division by zero
        }
        #endregion
    }

    public static async Task LimitsAsync(MontyPool pool)
    {
        #region limits
        var limits = new MontyLimits { MaxDuration = TimeSpan.FromMilliseconds(50), MaxMemoryBytes = 10_000_000 };
        using var session = await pool.OpenSessionAsync(new SessionOptions { Limits = limits });
        try
        {
            await session.FeedAsync("while True: pass");
        }
        catch (MontyScriptException exception)
        {
            Console.WriteLine($"{exception.Origin}: {exception.Error.Type}"); // Limit: TimeoutError
        }
        #endregion
    }

    public static async Task PrintAsync(MontyPool pool)
    {
        #region streamed output
        using var session = await pool.OpenSessionAsync(new SessionOptions { FlushEachLine = true });
        await foreach (var feedEvent in session.StreamAsync("for step in range(3):\n    print('step', step)\nstep"))
        {
            if (feedEvent is FeedPrinted printed)
            {
                Console.Write(printed.Text);
            }

            if (feedEvent is FeedFinished finished)
            {
                Console.WriteLine($"value {finished.Result.Value}");
            }
        }

        // step 0
        // step 1
        // step 2
        // value 2
        #endregion
    }

    public static async Task SuspensionsAsync(MontyPool pool)
    {
        #region suspensions
        using var session = await pool.OpenSessionAsync();
        var progress = await session.StartAsync("name = ask('your name?')\nf'hello {name}'");
        while (progress is MontySuspension suspension)
        {
            var answer = suspension switch
            {
                MontyFunctionCall { Name: "ask" } => MontyAnswer.Return("Ada"),
                MontyOsCall => MontyAnswer.NotHandled,
                _ => MontyAnswer.NotFound,
            };
            progress = await session.AnswerAsync(suspension, answer);
        }

        Console.WriteLine(((MontyComplete)progress).Value); // 'hello Ada'
        #endregion
    }

    public static async Task DumpAndLoadAsync(MontyPool pool)
    {
        #region dump and load
        MontyDump dump;
        using (var session = await pool.OpenSessionAsync())
        {
            await session.StartAsync("count = 41\ncount + approve('one more?')");
            dump = await session.DumpAsync();
        }

        using var loaded = await pool.LoadSessionAsync(new MontyDump(dump.Bytes.ToArray()));
        Console.WriteLine(((MontyFunctionCall)loaded.Pending!).Display()); // approve('one more?')
        var result = await loaded.AnswerAsync(loaded.Pending, MontyAnswer.Return(1));
        Console.WriteLine(((MontyComplete)result).Value); // 42
        #endregion
    }

    public static async Task TypeCheckAsync(MontyPool pool)
    {
        #region type check
        var report = await pool.CheckTypesAsync(
            "price(42)",
            new TypeCheckOptions { Stubs = "def price(item: str) -> float: ...", ScriptName = "agent.py" }
        );
        var diagnostic = report.Diagnostics[0];
        Console.WriteLine($"{diagnostic.FileName}:{diagnostic.Start.Line} {diagnostic.Rule}"); // agent.py:1 invalid-argument-type
        Console.WriteLine(report.HasErrors); // True
        #endregion
    }
}
