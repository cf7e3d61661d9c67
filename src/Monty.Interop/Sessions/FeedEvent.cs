using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Monty.Interop;

/// <summary>What a streamed feed gives (<see cref="MontySession.StreamAsync"/>): a closed hierarchy.</summary>
public abstract record FeedEvent
{
    private protected FeedEvent() { }
}

/// <summary>Text that the script printed; chunks neither split characters nor follow lines.</summary>
/// <param name="Text">The text.</param>
public sealed record FeedPrinted(string Text) : FeedEvent;

/// <summary>The feed ran to its end; nothing follows.</summary>
/// <param name="Result">Its value.</param>
public sealed record FeedFinished(MontyResult Result) : FeedEvent;
