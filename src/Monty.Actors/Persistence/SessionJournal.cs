using Akka.Actor;
using Akka.Persistence;
using Akka.Persistence.Journal;
using Akka.Serialization;

namespace Monty.Actors.Persistence;

/// <summary>The journal plug-in of Akka.Persistence for a <see cref="SessionStore"/>.</summary>
/// <remarks>
/// <para>It implements the journal protocol itself instead of deriving from <see cref="AsyncWriteJournal"/>, for three reasons that were measured
/// (docs/decisions). That class acknowledges writes in the order of their arrival over all actors, so one slow write delays all others. Its circuit breaker
/// fails healthy sessions. And its replay filter discards acknowledged events after a session moved from one process to another and back.</para>
/// <para>A conflict or a lower epoch rejects the write of that session only, which is then certainly not stored. Any other failure fails the write, and it is
/// unknown whether the change was stored.</para>
/// </remarks>
internal sealed class SessionJournal : WriteJournalBase
{
    private readonly StoreExtension extension = StoreExtension.For(Context.System);
    private readonly Serializer serializer = Context.System.Serialization.FindSerializerForType(typeof(SessionChange));

    /// <inheritdoc/>
    protected override bool Receive(object message)
    {
        switch (message)
        {
            case WriteMessages write:
                Write(write);
                return true;
            case ReplayMessages replay:
                _ = ReplayAsync(replay, Self);
                return true;
            case DeleteMessagesTo delete:
                delete.PersistentActor.Tell(
                    new DeleteMessagesFailure(
                        new NotSupportedException("Changes of a session cannot be deleted one by one. Use MontyEngine.PurgeAsync."),
                        delete.ToSequenceNr
                    ),
                    Self
                );
                return true;
            default:
                return false;
        }
    }

    private void Write(WriteMessages request)
    {
        var journal = Self;
        if (request.Messages.OfType<AtomicWrite>().Select(PersistentOf).FirstOrDefault() is not { } persistent)
        {
            Reply(journal, request, null, null); // only messages that are not persisted
            return;
        }

        try
        {
            var change = (SessionChange)persistent.Payload;
            var row = new StoredRow(
                persistent.SequenceNr,
                change.At,
                serializer.ToBinary(change),
                serializer.Identifier,
                SessionSerializer.ChangeManifest,
                persistent.WriterGuid
            );
            var write = new ChangeWrite(persistent.PersistenceId, change.Session, row, change.Epoch, change.LastVersion, change.Summary!);
            extension.Writer.Enqueue(write, (w, failure) => Reply(journal, request, w, failure));
        }
#pragma warning disable CA1031 // After any exception of the encoding, the change is certainly not stored.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Reply(journal, request, null, new ChangeRefusedException($"The change cannot be encoded: {exception.Message}", exception));
        }
    }

    /// <summary>Sends the replies that Akka.Persistence defines, in their order.</summary>
    /// <remarks>Called on the thread of the writer, which saves a message to the journal.</remarks>
    private static void Reply(IActorRef journal, WriteMessages request, ChangeWrite? write, SessionStoreException? failure)
    {
        var rejection = RejectionOf(write, failure);
        if (failure is not null && rejection is null)
        {
            request.PersistentActor.Tell(new WriteMessagesFailed(failure, 1), journal);
        }
        else
        {
            request.PersistentActor.Tell(WriteMessagesSuccessful.Instance, journal);
        }

        foreach (var envelope in request.Messages)
        {
            if (envelope is not AtomicWrite atomic)
            {
                request.PersistentActor.Tell(new LoopMessageSuccess(envelope.Payload, request.ActorInstanceId), envelope.Sender);
                continue;
            }

            var persistent = PersistentOf(atomic);
            object reply =
                rejection is not null ? new WriteMessageRejected(persistent, rejection, request.ActorInstanceId)
                : failure is not null ? new WriteMessageFailure(persistent, failure, request.ActorInstanceId)
                : new WriteMessageSuccess(persistent, request.ActorInstanceId);
            request.PersistentActor.Tell(reply, persistent.Sender);
        }
    }

    private static Exception? RejectionOf(ChangeWrite? write, SessionStoreException? failure) =>
        failure is ChangeRefusedException ? failure
        : failure is not null || write is null ? null
        : write.Outcome switch
        {
            WriteOutcome.Conflict => new SessionConflictException(write.Session),
            WriteOutcome.Fenced => new SessionFencedException(write.Session, write.Epoch),
            _ => null,
        };

    /// <summary>Returns the change of a write. A session persists one event at a time.</summary>
    private static IPersistentRepresentation PersistentOf(AtomicWrite write) =>
        ((IEnumerable<IPersistentRepresentation>)write.Payload).Single();

    private async Task ReplayAsync(ReplayMessages request, IActorRef self)
    {
        try
        {
            await extension.Writer.WhenWritten(request.PersistenceId).ConfigureAwait(false);
            var highest = await extension.Store.FindHighestAsync(request.PersistenceId, CancellationToken.None).ConfigureAwait(false);
            var to = Math.Min(request.ToSequenceNr, highest);
            var last = 0L;
            if (request.Max > 0 && to >= Math.Max(1, request.FromSequenceNr))
            {
                await extension
                    .Store.ReadAsync(
                        request.PersistenceId,
                        Math.Max(1, request.FromSequenceNr),
                        to,
                        request.Max,
                        row =>
                        {
                            last = row.SequenceNumber;
                            request.PersistentActor.Tell(new ReplayedMessage(Read(request.PersistenceId, row)), ActorRefs.NoSender);
                        },
                        CancellationToken.None
                    )
                    .ConfigureAwait(false);
                if (last < to)
                {
                    // The session may have been purged.
                    highest = await extension.Store.FindHighestAsync(request.PersistenceId, CancellationToken.None).ConfigureAwait(false);
                }
            }

            request.PersistentActor.Tell(new RecoverySuccess(highest), self);
        }
#pragma warning disable CA1031 // Any failure is reported to the session that asked, which tries again later.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            request.PersistentActor.Tell(new ReplayMessagesFailure(exception), self);
        }
    }

    private Persistent Read(string persistenceId, StoredRow row) =>
        new(
            row.SerializerId == SessionSerializer.Id
                ? ((SessionSerializer)serializer).ReadChange(row.Payload, row.Manifest)
                : new UnreadableChange($"its serializer {row.SerializerId} is not known to this engine", IsTampered: false),
            row.SequenceNumber,
            persistenceId,
            row.Manifest,
            isDeleted: false,
            ActorRefs.NoSender,
            row.WriterId,
            row.At.UtcTicks
        );
}
