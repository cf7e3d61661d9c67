namespace Monty.Host.Cli;

/// <summary>Thrown when an argument, or a file that an argument names, is invalid.</summary>
/// <remarks>The message is one line and includes the fix. The command exits with <see cref="ExitCode.Usage"/>, and nothing runs.</remarks>
internal sealed class BadInputException(string message, Exception? inner = null) : Exception(message, inner);
