// A model's code is checked against the tools' signatures before anything of it runs: a wrong call costs nothing.
using Monty.Interop;

string[] attempts =
[
    "transfer('savings', amount='a lot')", // what a model may write at first
    "transfer('savings', 250)\nbalance('savings')",
];

var bank = new Dictionary<string, int> { ["savings"] = 100 };
var tools = new MontyToolSet(
    MontyTool.From(
        (string account, int amount) =>
        {
            Console.WriteLine($"transferring {amount}");
            bank[account] += amount;
        },
        "transfer"
    ),
    MontyTool.From((string account) => bank[account], "balance")
);
using var pool = new MontyPool();
using var session = await pool.OpenSessionAsync(new SessionOptions { ScriptName = "agent.py", TypeCheck = new SessionTypeCheck() });
foreach (var code in attempts)
{
    try
    {
        Console.WriteLine((await session.FeedAsync(code, new FeedOptions { Tools = tools })).Value);
    }
    catch (MontyTypeCheckException refused)
    {
        Console.Write(refused.Report.Text); // goes back to the model
    }
}
