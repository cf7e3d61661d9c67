using Monty.Interop.Sessions;

namespace Monty.Interop;

/// <summary>The options of one feed: its inputs and name, the handling of its prints, and the answers to its suspensions.</summary>
/// <remarks>Immutable. Thread-safe if the delegates are.</remarks>
public sealed record FeedOptions
{
    internal static FeedOptions Default { get; } = new();

    /// <summary>Values that are assigned to globals before the code runs. Later feeds see them too. They are sent as values, never inserted into the source. Default: none.</summary>
    public IReadOnlyDictionary<string, MontyValue>? Inputs { get; init; }

    /// <summary>The script's name in frames and tracebacks. Default: null, which uses the name of the session.</summary>
    public string? ScriptName { get; init; }

    /// <summary>Receives printed text as it arrives, in order, on the thread that reads from the worker. It must return quickly; an exception from it ends the session. Default: null, which collects the text in <see cref="MontyResult.Printed"/>.</summary>
    public Action<string>? OnPrint { get; init; }

    /// <summary>The maximum number of printed UTF-8 bytes to collect. When a script prints more, its worker is killed, because nothing else can stop the script. Default: 10 MiB.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public long MaxPrintBytes
    {
        get;
        init => field = PrintCollector.CheckCap(value);
    } = 10 * 1024 * 1024;

    /// <summary>The host functions with which <see cref="MontySession.FeedAsync"/> answers calls, by name. Default: none.</summary>
    /// <exception cref="ArgumentNullException">The collection or one of the tools is null.</exception>
    public IReadOnlyCollection<MontyTool> Tools
    {
        get;
        init
        {
            ArgumentNullException.ThrowIfNull(value, nameof(Tools));
            foreach (var tool in value)
            {
                ArgumentNullException.ThrowIfNull(tool, nameof(Tools));
            }

            field = value;
        }
    } = [];

    /// <summary>C# objects that are lent to the script. They are assigned to globals like <see cref="Inputs"/>, and the script can use the members that their host classes declare. Used by <see cref="MontySession.FeedAsync"/> only. Default: none.</summary>
    public IReadOnlyDictionary<string, MontyHostObject>? HostObjects { get; init; }

    /// <summary>The values of names that the script reads but does not define. Tools need no entry here. Default: none.</summary>
    public IReadOnlyDictionary<string, MontyValue>? Names { get; init; }

    /// <summary>Answers calls of functions that are not among the tools. Default: null, which raises <c>NameError</c> in the script.</summary>
    public Func<MontyFunctionCall, CancellationToken, ValueTask<MontyAnswer>>? OnUnknownCall { get; init; }

    /// <summary>The operating system that the script sees: environment, clock and files. Default: null, and the runtime refuses every OS call.</summary>
    /// <remarks>It holds the files that scripts write in memory, so pass the same object to all feeds that should see them. The caller that created it disposes it.</remarks>
    public MontyOs? Os { get; init; }

    /// <summary>Called for each OS call before <see cref="Os"/>. It returns an answer, <see cref="MontyAnswer.NotHandled"/> to let the runtime refuse the call, or null to leave the call to <see cref="Os"/>. Default: null, which leaves all calls to <see cref="Os"/>.</summary>
    public Func<MontyOsCall, CancellationToken, ValueTask<MontyAnswer?>>? OnOsCall { get; init; }

    /// <summary>
    /// Called for each exception that the host's own code throws for the script: in a tool, a lent object, <see cref="OnUnknownCall"/>, <see cref="OnOsCall"/>,
    /// <see cref="Os"/> or <see cref="Names"/>; and for each answer that cannot be sent. It is not called for a <see cref="PythonException"/>, which is thrown on purpose. Default: null.
    /// </summary>
    /// <remarks>
    /// The first argument is the suspension that the host was answering. The script itself sees only the nearest Python type and the name of the tool that failed. Used by
    /// <see cref="MontySession.FeedAsync"/> only. Called on the thread of the handler, so it may be called concurrently for asynchronous tools. An exception from it ends the feed.
    /// </remarks>
    public Action<MontySuspension, Exception>? OnHandlerError { get; init; }

    /// <summary>True to show the script the .NET type and the message of an exception that a handler threw. For development only: messages may contain passwords, paths and host names. Default: false.</summary>
    public bool ShowHandlerErrors { get; init; }
}
