using Monty.Benchmarks;

const string Usage = """
    usage: Monty.Benchmarks VERB [--rounds N] [--turns N] [--host-only]
      turns       suspension and one-shot against the C loop on the same work
      args        the suspension with 8 arguments, one of them a 10 KB str
      async       calls of asynchronous tools, and sessions that define them, against plain ones
      stateless   a turn that loads a dump and leaves one, against a plain suspension
      parallel    2 workers against 1
      values      10 MB values against protobuf and memcpy alone
      start [FILE...]  the command run -c '1+1', and the same of other builds of montynet, against upstream's monty -c '1+1'
      checkouts   10,000 sessions: what is left of them
      actors      messages to sessions beside those to plain actors of Akka.NET, and the memory of a session that waits
      store       durable appends, 1 and 32 sessions at once, beside the least that a commit takes
      listings    pages over --turns sessions of one tenant; say 1000000
      micro       codecs alone, with BenchmarkDotNet
      --host-only skips the C loop: for a profiler
    """;

if (args is [StartVerb.Nothing])
{
    return 0;
}

if (args is ["micro", .. var rest])
{
    return Micro.Run(rest);
}

if (BenchmarkOptions.TryParse(args) is not { } options)
{
    await Console.Error.WriteLineAsync(Usage);
    return 2;
}

Func<BenchmarkOptions, Task>? verb = args[0] switch
{
    "turns" => TurnsVerb.RunAsync,
    "args" => ArgumentsVerb.RunAsync,
    "async" => AsyncVerb.RunAsync,
    "stateless" => StatelessVerb.RunAsync,
    "parallel" => ParallelVerb.RunAsync,
    "values" => ValuesVerb.RunAsync,
    "start" => StartVerb.RunAsync,
    "checkouts" => CheckoutsVerb.RunAsync,
    "actors" => ActorsVerb.RunAsync,
    "store" => StoreVerb.RunAsync,
    "listings" => ListingsVerb.RunAsync,
    _ => null,
};
if (verb is null)
{
    await Console.Error.WriteLineAsync(Usage);
    return 2;
}

Report.Machine();
await verb(options);
return 0;
