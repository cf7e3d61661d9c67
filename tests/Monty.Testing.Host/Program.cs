using System.Globalization;
using Monty.Interop;
using Monty.Testing;

[assembly: System.Runtime.Versioning.SupportedOSPlatform("linux")]

if (args is ["answer"])
{
    return await AnswerVerb.RunAsync();
}

if (args is ["write", var store, var place])
{
    return await WriteVerb.RunAsync(store, place);
}

// A host that a test kills: it brings a worker into a state, writes the worker's process id as one line, and waits for its end.
using var pool = new MontyPool();
using var session = await pool.OpenSessionAsync(new SessionOptions { FlushEachLine = true });
var reached = new TaskCompletionSource();
Task turn;
switch (args)
{
    case ["looping"]:
        turn = session.FeedAsync("print('looping')\nwhile True: pass", new FeedOptions { OnPrint = _ => reached.TrySetResult() });
        break;
    case ["suspended"]:
        turn = session.StartAsync("wait_for_the_host()").AsTask();
        await turn;
        reached.SetResult();
        break;
    case ["idle"]:
        turn = session.FeedAsync("1");
        await turn;
        reached.SetResult();
        break;
    case ["unwaited"]:
        var ignores = IgnoresChildren();
        await session.FeedAsync("1");
        await session.DumpAsync(); // asks the runtime for its version, in a process that ends by itself
        await session.DisposeAsync();
        await pool.DisposeAsync();
        Console.WriteLine(ignores ? "closed while ignoring children" : "SIGCHLD is not ignored here");
        return 0;
    default:
        await Console.Error.WriteLineAsync("Say looping, suspended, idle, unwaited, answer or write STORE PLACE.");
        return 2;
}

await reached.Task;
var worker = ProcessTable.OwnChildren.Single();
Console.WriteLine(worker.Id.ToString(CultureInfo.InvariantCulture));
await Never.EndsAsync(CancellationToken.None); // until the test kills this process, which is what it is for
return turn.IsCompleted ? 0 : 1;

static bool IgnoresChildren()
{
    const int ChildSignal = 17;
    var ignored = File.ReadLines("/proc/self/status").First(l => l.StartsWith("SigIgn:", StringComparison.Ordinal)).Split('\t')[1];
    return ((ulong.Parse(ignored, NumberStyles.HexNumber, CultureInfo.InvariantCulture) >> (ChildSignal - 1)) & 1) != 0;
}
