namespace Monty.Interop.Wire;

/// <summary>Marks the calls of asynchronous functions, to distinguish them from plain calls: in the name of the host function, and in the number of the future.</summary>
/// <remarks>The marks are part of the interpreter's state, so they are still there after a dump is loaded. The client removes them before users see a call.</remarks>
internal static class AsyncCalls
{
    private const string NameMark = "\0async"; // a script cannot write a name that contains it
    private const uint FutureMark = 1u << 31;

    /// <summary>Returns the name of the host function that an asynchronous function calls.</summary>
    public static string MarkName(string function) => function + NameMark;

    /// <summary>Returns the number of the future for a call.</summary>
    public static uint MarkFuture(uint callId) => callId | FutureMark;

    /// <summary>Removes the marks from a suspension.</summary>
    /// <param name="progress">The decoded progress.</param>
    /// <param name="asyncCalls">The ids of the calls of asynchronous functions in it, in ascending order.</param>
    /// <exception cref="WireFormatException">Two futures belong to the same call.</exception>
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
        return calls.Count == futures.Count ? calls : throw new WireFormatException("two futures for the same call");
    }
}
