using Monty.Benchmarks;

const string Usage = """
    usage: Monty.Benchmarks COMMAND [--rounds N] [--turns N] [--host-only]
      turns       a suspension and a one-shot run, compared with the C baseline
      args        a suspension with 8 arguments, one of them a str of 10 KB, compared with the C baseline
      async       calls of asynchronous tools, and sessions that define them, compared with synchronous tools
      stateless   a turn that loads and takes a dump, compared with a suspension
      parallel    2 workers, compared with 1 worker
      values      values of 10 MB, compared with protobuf and memcpy
      start [FILE...]  the command run -c '1+1', also of other builds of montynet, compared with upstream's monty -c '1+1'
      checkouts   the leaks of 10,000 sessions
      actors      messages to sessions, compared with plain actors of Akka.NET, and the memory of a waiting session
      kept        durable calls of sessions that keep their worker between calls, compared with sessions that return it
      recovery    the first command to a session with --turns past turns, compared with 100, e.g. --turns 10000
      first-write  the start of a process until its first session is stored in SQLite
      store       durable appends of 1 and 32 sessions, compared with the minimum cost of a commit
      listings    pages of listings over --turns sessions of one tenant, e.g. --turns 1000000
      micro       the codecs, with BenchmarkDotNet
      --host-only omits the C baseline, for use with a profiler
    """;

if (args is [StartCommand.ExitCommand])
{
    return 0;
}

if (args is [FirstWriteCommand.ChildCommand, var path])
{
    await FirstWriteCommand.OpenSessionAsync(path);
    return 0;
}

if (args is ["micro", .. var rest])
{
    return MicroBenchmarks.Run(rest);
}

if (BenchmarkOptions.TryParse(args) is not { } options)
{
    await Console.Error.WriteLineAsync(Usage);
    return 2;
}

Func<BenchmarkOptions, Task>? command = args[0] switch
{
    "turns" => TurnsCommand.RunAsync,
    "args" => ArgumentsCommand.RunAsync,
    "async" => AsyncCommand.RunAsync,
    "stateless" => StatelessCommand.RunAsync,
    "parallel" => ParallelCommand.RunAsync,
    "values" => ValuesCommand.RunAsync,
    "start" => StartCommand.RunAsync,
    "checkouts" => CheckoutsCommand.RunAsync,
    "actors" => ActorsCommand.RunAsync,
    "kept" => KeptCommand.RunAsync,
    "recovery" => RecoveryCommand.RunAsync,
    "first-write" => FirstWriteCommand.RunAsync,
    "store" => StoreCommand.RunAsync,
    "listings" => ListingsCommand.RunAsync,
    _ => null,
};
if (command is null)
{
    await Console.Error.WriteLineAsync(Usage);
    return 2;
}

Report.Machine();
await command(options);
return 0;
