using System.Buffers.Binary;
using System.Globalization;
using Monty.Interop;

namespace Monty.Actors;

/// <summary>The kind of a command and a hash of its content. The command and the event that it caused have the same fingerprint.</summary>
/// <remarks>Pure. The event of a release does not record <see cref="ReleaseCommand.FailFeed"/>, so the fingerprint does not include it.</remarks>
/// <param name="Kind">The kind of command, such as <c>feed</c>. Stored in snapshots, so never renamed.</param>
/// <param name="Content">The first eight bytes of a SHA-256.</param>
internal readonly record struct CommandFingerprint(string Kind, ulong Content)
{
    /// <summary>Returns the fingerprint of a command.</summary>
    public static CommandFingerprint From(SessionCommand command) =>
        new(KindOf(command), BinaryPrimitives.ReadUInt64LittleEndian(TextHash.Compute(ContentOf(command))));

    /// <summary>Returns the fingerprint of the command that caused an event.</summary>
    /// <param name="event">The event.</param>
    /// <param name="feed">The number of the feed that was open, or 0 for none.</param>
    public static CommandFingerprint From(CommandEvent @event, int feed) =>
        From(
            @event switch
            {
                SessionOpened opened => new OpenCommand(opened.CommandId, opened.Setup),
                FeedStarted fed => new FeedCommand(fed.CommandId, fed.Code, fed.Inputs, fed.ScriptName),
                CallAnswered answered => new AnswerCommand(answered.CommandId, feed, answered.CallId, answered.Answer),
                SignalReceived signal => new SignalCommand(signal.CommandId, signal.Name, signal.Value),
                FeedStopping { Outcome: FeedOutcome.Cancelled cancelled } stopping => new CancelCommand(
                    stopping.CommandId,
                    cancelled.Reason
                ),
                QuarantineReleased released => new ReleaseCommand(released.CommandId, FailFeed: false),
                SessionClosed closed => new CloseCommand(closed.CommandId),
                _ => throw new ArgumentException($"{@event.GetType().Name} is not caused by a command.", nameof(@event)),
            }
        );

    private static string KindOf(SessionCommand command) =>
        command switch
        {
            OpenCommand => "open",
            FeedCommand => "feed",
            AnswerCommand => "answer",
            SignalCommand => "signal",
            CancelCommand => "cancel",
            ReleaseCommand => "release",
            ForkCommand => "fork",
            CloseCommand => "close",
            _ => "",
        };

    private static IEnumerable<string?> ContentOf(SessionCommand command) =>
        command switch
        {
            OpenCommand { Setup: { } setup } => [setup.ToString(), .. setup.Labels],
            FeedCommand feed => [feed.Code, feed.ScriptName, .. feed.Inputs.SelectMany(i => (string?[])[i.Key, Json(i.Value)])],
            AnswerCommand { Answer: ReturnAnswer returned } answer => [PlaceOf(answer), Json(returned.Value)],
            AnswerCommand { Answer: RaiseAnswer { Error: { } error } } answer => [PlaceOf(answer), error.Type, error.Message],
            SignalCommand signal => [signal.Name, Json(signal.Value)],
            CancelCommand cancel => [cancel.Reason],
            _ => [],
        };

    private static string PlaceOf(AnswerCommand answer) => string.Create(CultureInfo.InvariantCulture, $"{answer.Feed}/{answer.CallId}");

    private static string? Json(MontyValue? value) => value is null ? null : MontyJson.Serialize(value);
}
