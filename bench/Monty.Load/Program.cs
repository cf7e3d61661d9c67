using Monty.Load;

[assembly: System.Runtime.Versioning.SupportedOSPlatform("linux")]

const string Usage = """
    usage: Monty.Load VERB
      crash --store sqlite|postgres --kills N [--sessions S] [--calls C] [--keep DIR]
              kills an engine again and again while S sessions make C calls each, and says from the store whether a call was lost, made twice or left open;
              --keep leaves the logs, and the database of SQLite, in DIR
      calls --store sqlite|postgres|memory --sessions S [--calls N] [--peers DIR]
              durable calls a second, S sessions at once, after ten seconds of warm-up; DIR has the scripts of other systems and their node_modules
    """;

try
{
    return args switch
    {
        ["crash", .. var rest] => await CrashVerb.RunAsync(new Arguments(rest, "store", "kills", "sessions", "calls", "keep")),
        ["calls", .. var rest] => await CallsVerb.RunAsync(new Arguments(rest, "store", "sessions", "calls", "peers")),
        ["drive", var store, var place, var folder, var sessions, var calls] => await DriveVerb.RunAsync(
            store,
            place,
            new LogFolder(folder),
            CrashWork.Parse(sessions, calls)
        ),
        _ => throw new FormatException("Say which verb."),
    };
}
catch (FormatException wrong)
{
    await Console.Error.WriteLineAsync($"{wrong.Message}\n{Usage}");
    return 2;
}
