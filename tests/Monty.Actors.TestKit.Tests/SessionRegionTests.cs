using Akka.Actor;
using Akka.TestKit;
using Monty.Actors.Actors;
using Monty.Actors.Region;
using Shouldly;
using Xunit;

namespace Monty.Actors.TestKit.Tests;

public sealed class SessionRegionTests : ActorTest
{
    private readonly TestProbe entities;
    private readonly IActorRef region;

    public SessionRegionTests()
    {
        entities = CreateTestProbe();
        Func<SessionId, Props> propsOf = session => Props.Create(() => new FakeEntity(session, entities));
        region = Sys.ActorOf(Props.Create<SessionRegion>(propsOf));
    }

    [Fact]
    public async Task The_first_message_starts_an_entity_and_later_messages_go_to_the_same_entity()
    {
        Send("a", 1);
        var first = await ReceiveAsync("a", 1);
        Send("b", 2);
        var other = await ReceiveAsync("b", 2);
        Send("a", 3);

        (await ReceiveAsync("a", 3)).ShouldBe(first);
        other.ShouldNotBe(first);
        region.Tell(CountEntities.Instance, TestActor);
        (await ExpectMsgAsync<int>(Generous)).ShouldBe(2);
    }

    [Fact]
    public async Task Messages_for_an_entity_that_stops_are_kept_in_order_for_the_next_one()
    {
        Send("a", 1);
        var first = await ReceiveAsync("a", 1);
        first.Tell(Passivate.Instance);
        (await entities.ExpectMsgAsync<Received>(Generous)).Message.ShouldBe(StopSession.Instance);

        Send("a", 2);
        Send("a", 3);
        region.Tell(CountEntities.Instance, TestActor);
        await ExpectMsgAsync<int>(Generous); // the region has the messages, and has not forwarded any
        entities.HasMessages.ShouldBeFalse();
        Sys.Stop(first);

        var second = await ReceiveAsync("a", 2);
        second.ShouldNotBe(first);
        (await ReceiveAsync("a", 3)).ShouldBe(second);
    }

    [Fact]
    public async Task An_entity_that_ends_by_itself_is_started_again_with_the_next_message()
    {
        Send("a", 1);
        var first = await ReceiveAsync("a", 1);
        await WatchAsync(first);
        Sys.Stop(first);
        await ExpectTerminatedAsync(first, Generous);
        await AwaitAssertAsync(async () =>
        {
            region.Tell(CountEntities.Instance, TestActor);
            (await ExpectMsgAsync<int>(Generous)).ShouldBe(0);
        });

        Send("a", 2);

        (await ReceiveAsync("a", 2)).ShouldNotBe(first);
    }

    [Fact]
    public async Task A_session_that_is_not_in_memory_has_left_it()
    {
        region.Tell(new SessionEnvelope(new SessionId("tenant", "a"), LeaveMemory.Instance), TestActor);

        await ExpectMsgAsync<SessionLeft>(Generous);
        entities.HasMessages.ShouldBeFalse();
    }

    [Fact]
    public async Task The_region_stops_when_its_entities_have_stopped_and_refuses_messages_in_the_meantime()
    {
        Send("a", 1);
        var entity = await ReceiveAsync("a", 1);
        await WatchAsync(region);
        region.Tell(StopSession.Instance, TestActor);
        (await entities.ExpectMsgAsync<Received>(Generous)).Message.ShouldBe(StopSession.Instance);

        Send("a", 2);
        (await ExpectMsgAsync<Status.Failure>(Generous)).Cause.ShouldBeOfType<ObjectDisposedException>();
        Sys.Stop(entity);

        await ExpectMsgAsync<RegionStopped>(Generous);
        await ExpectTerminatedAsync(region, Generous);
    }

    private void Send(string session, object message) =>
        region.Tell(new SessionEnvelope(new SessionId("tenant", session), message), TestActor);

    private async Task<IActorRef> ReceiveAsync(string session, object message)
    {
        var received = await entities.ExpectMsgAsync<Received>(Generous);
        (received.Session.Name, received.Message).ShouldBe((session, message));
        return received.Entity;
    }

    private sealed record Received(SessionId Session, IActorRef Entity, object Message);

    /// <summary>Forwards messages to the test. When asked to leave memory, it asks the region.</summary>
    private sealed class FakeEntity : ReceiveActor
    {
        public FakeEntity(SessionId session, IActorRef test)
        {
            Receive<Passivate>(message => Context.Parent.Tell(message));
            ReceiveAny(message => test.Tell(new Received(session, Self, message)));
        }
    }
}
