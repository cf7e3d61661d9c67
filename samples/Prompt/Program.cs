// A small Python prompt: lines are collected until a statement is complete, feeds share their names, and an error leaves them as they were.
using Monty.Interop;

using var pool = new MontyPool();
using var session = await pool.OpenSessionAsync(new SessionOptions { ScriptName = "<prompt>" });
var lines = new List<string>();
Console.Write(">>> ");
while (Console.ReadLine() is { } line)
{
    lines.Add(line);
    var source = string.Join('\n', lines);
    if (PythonContinuation.Detect(source) == Continuation.Complete)
    {
        try
        {
            var result = await session.FeedAsync(source, new FeedOptions { OnPrint = Console.Write });
            if (result.Value != MontyValue.None)
            {
                Console.WriteLine(result.Value);
            }
        }
        catch (MontyScriptException failed)
        {
            Console.WriteLine(failed.Traceback);
        }

        lines.Clear();
    }

    Console.Write(lines.Count == 0 ? ">>> " : "... ");
}

Console.WriteLine();
