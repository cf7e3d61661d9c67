namespace Monty.Host.Cli;

/// <summary>What the process says to the shell; docs/how-to/run.md promises these numbers.</summary>
internal static class ExitCode
{
    /// <summary>The script ran to its end.</summary>
    public const int Done = 0;

    /// <summary>The script raised, met a limit, lost its reader, gave a value that is too large to be written, or was rejected by the type check.</summary>
    public const int ScriptFailed = 1;

    /// <summary>The command line, or a file that it names, cannot be used; nothing ran.</summary>
    public const int Usage = 2;

    /// <summary>The runtime is missing, ended by itself or ran out of memory.</summary>
    public const int RuntimeFailed = 3;

    /// <summary>After signal n the code is this + n, as shells have it: 130 for Ctrl-C.</summary>
    public const int Signal = 128;
}
