namespace Monty.Host.Ladder.Paths;

/// <summary>Thrown when the path fails while a fixture runs, for example because a worker died. Other fixtures can still run.</summary>
internal sealed class LadderPathException(string message, Exception? inner = null) : Exception(message, inner);
