namespace Monty.Host.Ladder.Paths;

/// <summary>The path failed in the middle of a fixture: a worker died, an answer was refused. Other fixtures may still run.</summary>
internal sealed class LadderPathException(string message, Exception? inner = null) : Exception(message, inner);
