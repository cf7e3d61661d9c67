namespace Monty.Interop.Wire;

/// <summary>Tells calls of asynchronous functions from plain ones: by the name of the host function that is called, and by the number of its future.</summary>
/// <remarks>The marks are the interpreter's own state, so that they hold after a dump is loaded. They never leave the client.</remarks>
internal static class AsyncCalls
{
    private const string NameMark = "\0async"; // no name that a script can write holds it
    private const uint FutureMark = 1u << 31;

    /// <summary>The name of the host function that an asynchronous function calls.</summary>
    public static string MarkName(string function) => function + NameMark;

    /// <summary>The number of the future of a call.</summary>
    public static uint MarkFuture(uint callId) => callId | FutureMark;

    /// <summary>A suspension as it leaves the client.</summary>
    /// <param name="progress">As it was decoded.</param>
    /// <param name="asyncCalls">The calls in it that are of asynchronous functions, ascending.</param>
    /// <exception cref="WireFormatException">Two futures stand for one call.</exception>
    public static MontyProgress Unmark(MontyProgress progress, out EquatableArray<uint> asyncCalls)
    {
        switch (progress)
        {
            case MontyFunctionCall { ObjectId: null } call when call.Name.EndsWith(NameMark, StringComparison.Ordinal):
                asyncCalls = [call.CallId];
                return call with { Name = call.Name[..^NameMark.Length] };
            case MontyResolveFutures { PendingCallIds: { Count: > 0 } futures } waiting when IsMarked(futures[^1]):
                asyncCalls = futures.Where(IsMarked).Select(Unmark).ToEquatableArray();
                return waiting with { PendingCallIds = Unmark(futures) };
            default:
                asyncCalls = [];
                return progress;
        }
    }

    private static bool IsMarked(uint future) => (future & FutureMark) != 0;

    private static uint Unmark(uint future) => future & ~FutureMark;

    private static EquatableArray<uint> Unmark(EquatableArray<uint> futures)
    {
        var calls = futures.Select(Unmark).Distinct().Order().ToEquatableArray();
        return calls.Count == futures.Count ? calls : throw new WireFormatException("two futures for one call");
    }
}
