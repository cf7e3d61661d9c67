using System.Buffers.Binary;
using System.Globalization;
using Monty.Interop;

namespace Monty.Actors;

/// <summary>What is remembered of a command beside its id: its kind and a hash of its content, the same whether taken of the command or of the event that it led to.</summary>
/// <remarks>Pure. The event of a release does not tell whether the feed was to fail, so its print does not either.</remarks>
/// <param name="Kind">The command's type.</param>
/// <param name="Content">The start of a SHA-256.</param>
internal readonly record struct CommandFingerprint(Type Kind, ulong Content)
{
    /// <summary>The print of a command.</summary>
    public static CommandFingerprint From(SessionCommand command) =>
        new(command.GetType(), BinaryPrimitives.ReadUInt64LittleEndian(TextHash.Compute(ContentOf(command))));

    /// <summary>The print of the command that led to a event.</summary>
    /// <param name="event">The event.</param>
    /// <param name="feed">The number of the feed that was open; 0 for none.</param>
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
                _ => throw new ArgumentException($"No command leads to {@event.GetType().Name}.", nameof(@event)),
            }
        );

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
