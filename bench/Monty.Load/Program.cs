using System.Globalization;
using Monty.Load;

[assembly: System.Runtime.Versioning.SupportedOSPlatform("linux")]

const string Usage = """
    usage: Monty.Load COMMAND
      crash --store sqlite|postgres|sql-sqlite|sql-postgres --kills N [--sessions S] [--calls C] [--keep DIR]
              kills an engine N times while S sessions with a fork make C calls each (at least 7): handlers, external calls, timers, signals;
              the scripts write files of the host, and one feed of each session is canceled;
              then checks in the store, the logs and the files that nothing is lost, happened twice or is open;
              --keep stores the logs, the files, and the SQLite database in DIR
      calls --store sqlite|postgres|sql-sqlite|sql-postgres|memory --sessions S [--calls N] [--peers DIR]
              measures durable calls per second of S parallel sessions, after a warm-up of ten seconds;
              DIR contains the scripts of other systems and their node_modules
      waiting --store sqlite|postgres --sessions N
              opens N sessions that each run their own code until they wait for a tool, a signal or a timer. Then a new process starts an engine on the
              store, and 8 callers answer 2,000 random sessions whose results are checked. It prints the time from an answer to the observed result
              for the first 1,000, while the code of the process is compiled, and for the others, the resident memory of that process without
              the workers, and the time from its start to its first reply to a command
    """;

try
{
    return args switch
    {
        ["crash", .. var rest] => await CrashCommand.RunAsync(new Arguments(rest, "store", "kills", "sessions", "calls", "keep")),
        ["calls", .. var rest] => await CallsCommand.RunAsync(new Arguments(rest, "store", "sessions", "calls", "peers")),
        ["waiting", .. var rest] => await WaitingCommand.RunAsync(new Arguments(rest, "store", "sessions")),
        ["prepare", var store, var location, var sessions] => await PrepareCommand.RunAsync(
            store,
            location,
            int.Parse(sessions, CultureInfo.InvariantCulture)
        ),
        ["resume", var store, var location, var sessions] => await ResumeCommand.RunAsync(
            store,
            location,
            int.Parse(sessions, CultureInfo.InvariantCulture)
        ),
        ["drive", var store, var location, var folder, var sessions, var calls] => await DriveCommand.RunAsync(
            store,
            location,
            new LogFolder(folder),
            CrashWork.Parse(sessions, calls)
        ),
        _ => throw new FormatException("The command is missing or unknown."),
    };
}
catch (FormatException exception)
{
    await Console.Error.WriteLineAsync($"{exception.Message}\n{Usage}");
    return 2;
}
