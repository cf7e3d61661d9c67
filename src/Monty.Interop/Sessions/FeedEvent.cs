using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Monty.Interop;

/// <summary>An item in the stream of a feed (<see cref="MontySession.StreamAsync"/>). A closed hierarchy.</summary>
public abstract record FeedEvent
{
    private protected FeedEvent() { }
}

/// <summary>Text that the script printed. A chunk never splits a character, but may split a line.</summary>
/// <param name="Text">The text.</param>
public sealed record FeedPrinted(string Text) : FeedEvent;

/// <summary>The feed completed. This is the last item.</summary>
/// <param name="Result">The result of the feed.</param>
public sealed record FeedFinished(MontyResult Result) : FeedEvent;
