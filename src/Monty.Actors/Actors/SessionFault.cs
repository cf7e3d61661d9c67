using System.Data.Common;
using System.Net.Sockets;
using Monty.Actors.Persistence;
using Monty.Actors.Turns;
using Monty.Interop;

namespace Monty.Actors.Actors;

/// <summary>A failure that is held against its session, because trying again is not expected to help.</summary>
/// <param name="What">The operation that failed, such as <c>a turn</c>.</param>
/// <param name="Cause">The exception.</param>
internal sealed record SessionFault(string What, Exception Cause)
{
    /// <summary>The number of consecutive faults, with nothing stored in between, after which a session is quarantined.</summary>
    public const int Max = 3;

    private const int MaxEvidence = 1000;

    /// <summary>The quarantine for the fault. It contains only a short text, so that it can be stored whatever the cause was.</summary>
    public SessionQuarantined Quarantine => new(Reason, Evidence);

    /// <summary>The operation and the type of the exception. Scripts may see this text.</summary>
    public string Reason => $"{What} failed {Max} times in a row with {Cause.GetType().Name}";

    private string Evidence
    {
        get
        {
            var text = Cause.InnerException is { } inner ? $"{Cause.Message} {inner.GetType().Name}: {inner.Message}" : Cause.Message;
            return string.Concat((text.Length <= MaxEvidence ? text : text[..MaxEvidence] + "…").EnumerateRunes()); // replaces lone surrogates
        }
    }

    /// <summary>
    /// Returns true for a failure outside the session, after which the same work may succeed later: the turn was canceled, no worker could be started, or
    /// the store, a disk or a network is unavailable.
    /// </summary>
    public static bool IsOutside(Exception failure) =>
        failure switch
        {
            SessionUnreadableException or ChangeRefusedException => false,
            OperationCanceledException or SessionStoreException or MontyRuntimeNotFoundException => true,
            MontyWorkerException worker => !TurnRunner.IsOfTheTurn(worker),
            IOException or UnauthorizedAccessException or SocketException or TimeoutException or DbException or ObjectDisposedException =>
                true,
            _ => failure.InnerException is { } inner && IsOutside(inner),
        };
}

/// <summary>The circumstances in which a session actor starts.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
internal sealed record Incarnation
{
    /// <summary>
    /// True for the first incarnation in this process. A later one follows a failure that the process survived, so it does not count as a recovery of the
    /// session's turn.
    /// </summary>
    public bool IsFirst { get; init; }

    /// <summary>The fault for which the session is quarantined as soon as it has recovered, or null.</summary>
    public SessionFault? Fault { get; init; }

    /// <summary>True if the session is stuck. It runs nothing and only tries to store a close or a cancel.</summary>
    public bool IsStuck { get; init; }
}
