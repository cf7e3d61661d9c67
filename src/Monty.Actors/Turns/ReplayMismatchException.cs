namespace Monty.Actors.Turns;

/// <summary>A turn that was run again did something else than the history says.</summary>
internal sealed class ReplayMismatchException(long version, string recorded, string live, string subject = "The interpreter")
    : Exception($"At version {version} the history says: {recorded}. {subject} did: {live}.");
