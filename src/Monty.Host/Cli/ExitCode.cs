namespace Monty.Host.Cli;

/// <summary>The exit codes of the process. They are part of the public contract: docs/how-to/run.md lists them.</summary>
internal static class ExitCode
{
    /// <summary>The script ran to its end.</summary>
    public const int Done = 0;

    /// <summary>
    /// The script raised an exception, exceeded a limit, could not write its output, returned a value that is too large to write, or was rejected by
    /// the type check.
    /// </summary>
    public const int ScriptFailed = 1;

    /// <summary>The command line, or a file that it names, is invalid. Nothing ran.</summary>
    public const int Usage = 2;

    /// <summary>The runtime is missing, exited unexpectedly or ran out of memory.</summary>
    public const int RuntimeFailed = 3;

    /// <summary>The base to which the number of a signal is added, as shells do: the exit code after Ctrl-C is 130.</summary>
    public const int Signal = 128;
}
