using System.Collections.Immutable;
using Akka.Actor;
using Monty.Actors.Actors;

namespace Monty.Actors.Region;

/// <summary>The parent of all session entities of one process. It starts an entity with the first message for its session, and forwards messages.</summary>
/// <remarks>
/// An entity leaves memory by asking the region (<see cref="Passivate"/>). Messages that arrive while it stops are kept for the next entity. An entity that
/// stopped on its own would lose them.
/// </remarks>
internal sealed class SessionRegion : ReceiveActor
{
    private readonly Func<SessionId, Props> propsOf;
    private readonly Dictionary<SessionId, Entity> entities = [];
    private readonly Dictionary<IActorRef, SessionId> sessions = [];
    private IActorRef? stopper;

    /// <param name="propsOf">Returns the props of a session's entity.</param>
    public SessionRegion(Func<SessionId, Props> propsOf)
    {
        this.propsOf = propsOf;
        Receive<SessionEnvelope>(envelope => envelope.Message is LeaveMemory, envelope => LetLeave(envelope.Session));
        Receive<SessionEnvelope>(envelope => Deliver(envelope.Session, envelope.Message, Sender));
        Receive<Passivate>(_ => StopEntity());
        Receive<Terminated>(EntityStopped);
        Receive<StopSession>(_ => StopAll());
        Receive<CountEntities>(_ => Sender.Tell(entities.Count));
    }

    private void Deliver(SessionId session, object message, IActorRef sender)
    {
        if (stopper is not null)
        {
            if (message is not WakeUp)
            {
                sender.Tell(new Status.Failure(EngineStopped.Exception()));
            }

            return;
        }

        if (!entities.TryGetValue(session, out var entity))
        {
            entity = Start(session);
        }

        if (entity.IsStopping)
        {
            entity.Kept.Add((message, sender));
        }
        else
        {
            entity.Actor.Tell(message, sender);
        }
    }

    private Entity Start(SessionId session)
    {
        var actor = Context.ActorOf(propsOf(session));
        Context.Watch(actor);
        var entity = new Entity(actor);
        entities[session] = entity;
        sessions[actor] = session;
        return entity;
    }

    private void LetLeave(SessionId session)
    {
        if (!entities.TryGetValue(session, out var entity))
        {
            Sender.Tell(SessionLeft.Instance);
            return;
        }

        entity.Leaving.Add(Sender);
        entity.Actor.Tell(LeaveMemory.Instance);
    }

    private void StopEntity()
    {
        if (sessions.TryGetValue(Sender, out var session) && entities[session] is { IsStopping: false } entity)
        {
            entity.IsStopping = true;
            entity.Actor.Tell(StopSession.Instance);
        }
    }

    private void EntityStopped(Terminated terminated)
    {
        if (!sessions.Remove(terminated.ActorRef, out var session) || !entities.Remove(session, out var entity))
        {
            return;
        }

        foreach (var waiting in entity.Leaving)
        {
            waiting.Tell(SessionLeft.Instance);
        }

        if (stopper is not null)
        {
            StopIfEmpty();
            return;
        }

        foreach (var (message, sender) in entity.Kept)
        {
            Deliver(session, message, sender); // immediately, before messages that arrived later
        }
    }

    private void StopAll()
    {
        stopper = Sender;
        foreach (var entity in entities.Values.Where(e => !e.IsStopping))
        {
            entity.IsStopping = true;
            entity.Actor.Tell(StopSession.Instance);
        }

        StopIfEmpty();
    }

    private void StopIfEmpty()
    {
        if (entities.Count == 0)
        {
            stopper.Tell(RegionStopped.Instance);
            Context.Stop(Self);
        }
    }

    private sealed class Entity(IActorRef actor)
    {
        public IActorRef Actor { get; } = actor;

        public bool IsStopping { get; set; }

        public List<(object Message, IActorRef Sender)> Kept { get; } = [];

        public List<IActorRef> Leaving { get; } = [];
    }
}

/// <summary>Asks the region how many sessions are in memory.</summary>
internal sealed record CountEntities
{
    public static CountEntities Instance { get; } = new();
}

/// <summary>The reply to <see cref="StopSession"/> when all entities have stopped.</summary>
internal sealed record RegionStopped
{
    public static RegionStopped Instance { get; } = new();
}
