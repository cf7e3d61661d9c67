using System.Text.Json;
using Google.Protobuf;

namespace Monty.Actors.Persistence;

/// <summary>Thrown when decoded bytes cannot have been written by this engine.</summary>
internal sealed class StoredFormatException(string message) : Exception(message)
{
    /// <summary>Returns true for exceptions that decoding invalid bytes can throw.</summary>
    public static bool IsOfTheBytes(Exception exception) =>
        exception
            is StoredFormatException
                or InvalidProtocolBufferException
                or JsonException
                or ArgumentException
                or InvalidOperationException
                or OverflowException;
}
