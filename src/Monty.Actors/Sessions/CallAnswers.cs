using System.Collections.Immutable;
using Monty.Interop;

namespace Monty.Actors;

/// <summary>The answers of the calls of one feed that have ended, by call id.</summary>
/// <remarks>
/// Immutable and thread-safe. Answers that come from a snapshot stay encoded until they are needed, because a feed can have thousands of them and usually
/// needs none: they are returned to a caller that answers a call a second time.
/// </remarks>
internal sealed class CallAnswers
{
    private readonly EncodedAnswers earlier;
    private readonly ImmutableDictionary<uint, MontyAnswer> recent;

    private CallAnswers(EncodedAnswers earlier, ImmutableDictionary<uint, MontyAnswer> recent)
    {
        this.earlier = earlier;
        this.recent = recent;
    }

    /// <summary>No answers.</summary>
    public static CallAnswers Empty { get; } =
        new(
            new EncodedAnswers([], [], default, _ => throw new InvalidOperationException("There is no answer.")),
            ImmutableDictionary<uint, MontyAnswer>.Empty
        );

    /// <summary>The ids of the calls, in ascending order.</summary>
    public IEnumerable<uint> CallIds => earlier.CallIds.Concat(recent.Keys).Order();

    /// <summary>Restores answers from a snapshot.</summary>
    public static CallAnswers From(EncodedAnswers encoded) => new(encoded, Empty.recent);

    /// <summary>Returns true if the call was answered.</summary>
    public bool Contains(uint callId) => recent.ContainsKey(callId) || earlier.TryFind(callId, out _);

    /// <summary>Returns the answer of a call, or null if it was not answered.</summary>
    public MontyAnswer? Find(uint callId) =>
        recent.TryGetValue(callId, out var answer) ? answer
        : earlier.TryFind(callId, out var encoded) ? earlier.Decode(encoded)
        : null;

    /// <summary>Returns true and the encoded answer of a call if the answer came from a snapshot.</summary>
    public bool TryFindEncoded(uint callId, out ReadOnlyMemory<byte> encoded) => earlier.TryFind(callId, out encoded);

    /// <summary>Returns the answers with one more.</summary>
    public CallAnswers Add(uint callId, MontyAnswer answer) => new(earlier, recent.Add(callId, answer));
}

/// <summary>Encoded answers, and the function that decodes one.</summary>
/// <remarks>Immutable and thread-safe. Two arrays are quicker to restore than a dictionary, and a session reads few of its answers.</remarks>
/// <param name="CallIds">The ids of the calls, in ascending order.</param>
/// <param name="Ends">The position after each answer in the bytes.</param>
/// <param name="Bytes">The answers, one after the other.</param>
/// <param name="Decode">Decodes an answer.</param>
internal sealed record EncodedAnswers(
    uint[] CallIds,
    int[] Ends,
    ReadOnlyMemory<byte> Bytes,
    Func<ReadOnlyMemory<byte>, MontyAnswer> Decode
)
{
    /// <summary>Returns true and the encoded answer of a call if there is one.</summary>
    public bool TryFind(uint callId, out ReadOnlyMemory<byte> encoded)
    {
        var index = Array.BinarySearch(CallIds, callId);
        encoded = index < 0 ? default : Bytes[(index == 0 ? 0 : Ends[index - 1])..Ends[index]];
        return index >= 0;
    }
}
