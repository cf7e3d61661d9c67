using Monty.Interop.Sessions;

namespace Monty.Interop;

/// <summary>What comes with one feed: its inputs, its name, where its prints go, and who answers its suspensions.</summary>
/// <remarks>Immutable; thread-safe as far as the delegates in it are.</remarks>
public sealed record FeedOptions
{
    internal static FeedOptions Default { get; } = new();

    /// <summary>Values bound as globals before the code runs, and kept for later feeds. They are sent as values, never pasted into source. Default: none.</summary>
    public IReadOnlyDictionary<string, MontyValue>? Inputs { get; init; }

    /// <summary>The script's name in frames and tracebacks. Default: null, the session's.</summary>
    public string? ScriptName { get; init; }

    /// <summary>Takes printed text as it comes, in order, on the thread that reads the worker; it must be quick, and an exception from it ends the session. Default: null, collected in <see cref="MontyResult.Printed"/>.</summary>
    public Action<string>? OnPrint { get; init; }

    /// <summary>The most UTF-8 bytes that are collected; a script that prints more loses its worker, as nothing else stops it. Default: 10 MiB.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative.</exception>
    public long MaxPrintBytes
    {
        get;
        init => field = PrintCollector.CheckCap(value);
    } = 10 * 1024 * 1024;

    /// <summary>The host functions that <see cref="MontySession.FeedAsync"/> answers calls from, by name. Default: none.</summary>
    /// <exception cref="ArgumentNullException">It is null, or one of the tools is.</exception>
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

    /// <summary>C# objects that are lent to the script, bound under these names like <see cref="Inputs"/>; the script reaches the members that their classes name. Used by <see cref="MontySession.FeedAsync"/> only. Default: none.</summary>
    public IReadOnlyDictionary<string, MontyHostObject>? HostObjects { get; init; }

    /// <summary>Values of names that the script reads and does not define. Tools need no entry here. Default: none.</summary>
    public IReadOnlyDictionary<string, MontyValue>? Names { get; init; }

    /// <summary>Answers calls that no tool takes. Default: null, <c>NameError</c> in the script.</summary>
    public Func<MontyFunctionCall, CancellationToken, ValueTask<MontyAnswer>>? OnUnknownCall { get; init; }

    /// <summary>What the script sees of an operating system: environment, clock, files. Default: null, nothing; each call gets the runtime's own refusal.</summary>
    /// <remarks>It holds the files that scripts write into memory: give the same one to the feeds that are to see them. Whoever made it disposes it.</remarks>
    public MontyOs? Os { get; init; }

    /// <summary>Is asked about each OS call before <see cref="Os"/>: an answer counts, <see cref="MontyAnswer.NotHandled"/> declines with the runtime's own refusal, and null leaves the call to <see cref="Os"/>. Default: null, all are.</summary>
    public Func<MontyOsCall, CancellationToken, ValueTask<MontyAnswer?>>? OnOsCall { get; init; }

    /// <summary>
    /// Called with each exception that the host's own code threw on behalf of the script: a tool, a lent object, <see cref="OnUnknownCall"/>, <see cref="OnOsCall"/>,
    /// <see cref="Os"/>, <see cref="Names"/>; and with each answer that cannot be sent. A <see cref="PythonException"/> is none of them: it is said on purpose. Default: null.
    /// </summary>
    /// <remarks>
    /// The first argument is what the script waited for. The script itself sees the nearest Python type and which tool failed. Used by <see cref="MontySession.FeedAsync"/>
    /// only. Called on the thread of the handler, so asynchronous tools may call it at the same time; what it throws ends the feed.
    /// </remarks>
    public Action<MontySuspension, Exception>? OnHandlerError { get; init; }

    /// <summary>Shows the script the .NET type and the message of what a handler threw, for development. Messages may hold passwords, paths and names of hosts. Default: false.</summary>
    public bool ShowHandlerErrors { get; init; }
}
