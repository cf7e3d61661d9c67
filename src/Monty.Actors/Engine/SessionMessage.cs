using Monty.Interop;

namespace Monty.Actors.Engine;

/// <summary>What a session's actor is sent: a closed hierarchy.</summary>
internal abstract record SessionMessage
{
    private SessionMessage() { }

    /// <summary>A command and where its reply goes.</summary>
    public sealed record Command(SessionCommand What, TaskCompletionSource<SessionReply> Reply) : SessionMessage;

    /// <summary>Say what a fork would begin with.</summary>
    public sealed record Offer(ForkCommand What, TaskCompletionSource<ForkOffer> Reply) : SessionMessage;

    /// <summary>Begin as a fork of another session.</summary>
    public sealed record Begin(ForkOffer What, TaskCompletionSource<SessionReply> Reply) : SessionMessage;

    /// <summary>A handler ended its call, or is to be tried again.</summary>
    public sealed record CallEnded(SessionCommand What) : SessionMessage;

    /// <summary>Look for what is to be done: after a start, or because time has come.</summary>
    /// <param name="Woken">Completes when the session has been recovered; null for nobody.</param>
    public sealed record Wake(TaskCompletionSource? Woken = null) : SessionMessage;

    /// <summary>Leave memory if there is nothing to do.</summary>
    /// <param name="UnusedSince">Only if nothing came since.</param>
    public sealed record Passivate(long UnusedSince) : SessionMessage;
}
