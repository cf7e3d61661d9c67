// The code of a model is checked against the signatures of the tools before it runs, so a wrong call has no side effects.
using Monty.Interop;

string[] attempts =
[
    "transfer('savings', amount='a lot')", // A model may write this in its first attempt.
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
    catch (MontyTypeCheckException exception)
    {
        Console.Write(exception.Report.Text); // An agent would return this text to the model.
    }
}
