using System.Globalization;
using Monty.Interop;
using Monty.Testing;

[assembly: System.Runtime.Versioning.SupportedOSPlatform("linux")]

if (args is ["answer"])
{
    return await AnswerCommand.RunAsync();
}

if (args is ["write", var store, var location])
{
    return await WriteCommand.RunAsync(store, location);
}

// The other commands bring a worker into a state, write its process id as one line, and wait until the test kills this process.
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
        await Console.Error.WriteLineAsync("usage: looping | suspended | idle | unwaited | answer | write STORE LOCATION");
        return 2;
}

await reached.Task;
var worker = ProcessTable.OwnChildren.Single();
Console.WriteLine(worker.Id.ToString(CultureInfo.InvariantCulture));
await Never.EndsAsync(CancellationToken.None);
return turn.IsCompleted ? 0 : 1;

static bool IgnoresChildren()
{
    const int ChildSignal = 17;
    var ignored = File.ReadLines("/proc/self/status").First(l => l.StartsWith("SigIgn:", StringComparison.Ordinal)).Split('\t')[1];
    return ((ulong.Parse(ignored, NumberStyles.HexNumber, CultureInfo.InvariantCulture) >> (ChildSignal - 1)) & 1) != 0;
}
