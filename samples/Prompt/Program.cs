// A small Python prompt. Lines are collected until a statement is complete. The statements share their variables, and an error does not
// lose them.
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
        catch (MontyScriptException exception)
        {
            Console.WriteLine(exception.Traceback);
        }

        lines.Clear();
    }

    Console.Write(lines.Count == 0 ? ">>> " : "... ");
}

Console.WriteLine();
