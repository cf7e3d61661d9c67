namespace Monty.Host.Cli;

/// <summary>What a person gave cannot be used: one clear line with the way out, <see cref="ExitCode.Usage"/>, and nothing ran.</summary>
internal sealed class BadInputException(string message, Exception? inner = null) : Exception(message, inner);
