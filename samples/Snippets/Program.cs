using Monty.Interop;
using Snippets;

using var pool = new MontyPool();
(string Name, Func<MontyPool, Task> Run)[] snippets =
[
    ("run code", Examples.RunCodeAsync),
    ("inputs", Examples.InputsAsync),
    ("a tool", Examples.ToolAsync),
    ("async tools", Examples.AsyncToolsAsync),
    ("errors", Examples.ErrorsAsync),
    ("limits", Examples.LimitsAsync),
    ("streamed output", Examples.PrintAsync),
    ("suspensions", Examples.SuspensionsAsync),
    ("dump and load", Examples.DumpAndLoadAsync),
    ("type check", Examples.TypeCheckAsync),
];
foreach (var (name, run) in snippets)
{
    Console.WriteLine("== " + name);
    await run(pool);
}
