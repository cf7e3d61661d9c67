using Monty.Interop;

namespace Snippets;

/// <summary>The examples of src/Monty.Interop/README.md. A test compares the regions with it, and what they print with the comments in them.</summary>
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
                prices.TryGetValue(call.Arguments[0].AsString(), out var found)
                    ? found
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
        using var bothAsked = new Barrier(2);
        var fetch = MontyTool.Async(
            "fetch",
            async (call, cancellation) =>
            {
                await Task.Run(() => bothAsked.SignalAndWait(cancellation), cancellation);
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
        catch (MontyScriptException failed)
        {
            Console.WriteLine(failed.Error.Type); // ZeroDivisionError
            Console.WriteLine(failed.Traceback);
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
        catch (MontyScriptException failed)
        {
            Console.WriteLine($"{failed.Origin}: {failed.Error.Type}"); // Limit: TimeoutError
        }
        #endregion
    }

    public static async Task PrintAsync(MontyPool pool)
    {
        #region print as it comes
        using var session = await pool.OpenSessionAsync(new SessionOptions { FlushEachLine = true });
        await foreach (var happened in session.StreamAsync("for step in range(3):\n    print('step', step)\nstep"))
        {
            if (happened is FeedPrinted printed)
            {
                Console.Write(printed.Text);
            }

            if (happened is FeedFinished finished)
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

    public static async Task ByHandAsync(MontyPool pool)
    {
        #region every call by hand
        using var session = await pool.OpenSessionAsync();
        var progress = await session.StartAsync("name = ask('your name?')\nf'hello {name}'");
        while (progress is MontySuspension waiting)
        {
            progress = waiting switch
            {
                MontyFunctionCall { Name: "ask" } => await session.AnswerAsync(waiting, MontyAnswer.Return("Ada")),
                MontyOsCall => await session.AnswerAsync(waiting, MontyAnswer.NotHandled),
                _ => await session.AnswerAsync(waiting, MontyAnswer.NotFound),
            };
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

        using var later = await pool.LoadSessionAsync(new MontyDump(dump.Bytes.ToArray()));
        Console.WriteLine(((MontyFunctionCall)later.Pending!).Display()); // approve('one more?')
        var result = await later.AnswerAsync(later.Pending, MontyAnswer.Return(1));
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
        var finding = report.Diagnostics[0];
        Console.WriteLine($"{finding.FileName}:{finding.Start.Line} {finding.Rule}"); // agent.py:1 invalid-argument-type
        Console.WriteLine(report.HasErrors); // True
        #endregion
    }
}
