namespace Monty.Actors.Turns;

/// <summary>The result of a replayed turn differs from the history.</summary>
internal sealed class ReplayMismatchException(long version, string recorded, string live, string subject = "The interpreter")
    : Exception($"At version {version} the history says: {recorded}. {subject} did: {live}.");
