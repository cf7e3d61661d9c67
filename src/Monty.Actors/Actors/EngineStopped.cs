namespace Monty.Actors.Actors;

/// <summary>Creates the exception for requests to an engine that stops.</summary>
internal static class EngineStopped
{
    public static ObjectDisposedException Exception(bool hasLostStore = false) =>
        new(
            $"The engine has {(hasLostStore ? "lost its store and stops" : "stopped")}. Send the command again, under the same id, to the engine that starts next.",
            innerException: null
        );

    public static ObjectDisposedException Reading(SessionId session) =>
        new($"Reading the history of {session} failed: the engine stopped. Read it from the next engine.", innerException: null);
}
