using Akka.Actor;
using Monty.Actors.Persistence;
using Monty.Testing.Stores;
using Shouldly;
using Xunit;

namespace Monty.Actors.Tests.Persistence;

/// <summary>Tests that stored bytes are read as they were written or refused, and that reading never throws.</summary>
public sealed class SessionSerializerTests : IDisposable
{
    private static readonly SealKey Key = new(1, Secret(1));
    private static readonly SessionChange Change = new(
        Changes.Session("s"),
        1,
        1,
        Changes.Start,
        [new SessionOpened("open", new SessionSetup())]
    )
    {
        CreatedAt = Changes.Start,
        Dump = new StoredDump(1, "monty 0.0.23", new byte[] { 1, 2, 3 }),
    };
    private static readonly SessionSnapshot Snapshot = new(
        Changes.Session("s"),
        1,
        1,
        Changes.Start,
        SessionEvolver.Evolve(SessionState.None, Change.Events),
        Dump: null
    );
    private readonly ActorSystem system = ActorSystem.Create("serializer");

    public void Dispose() => system.Dispose();

    [Fact]
    public void Sealed_bytes_are_read_and_every_changed_bit_is_detected()
    {
        var serializer = Serializer(Key);
        foreach (var (written, manifest) in ((object, string)[])[(Change, "change/1"), (Snapshot, "snapshot/1")])
        {
            var bytes = serializer.ToBinary(written);
            serializer.Manifest(written).ShouldBe(manifest);
            serializer.FromBinary(bytes, manifest).GetType().ShouldBe(written.GetType());
            for (var i = 0; i < bytes.Length; i++)
            {
                var damaged = bytes.ToArray();
                damaged[i] ^= 1;
                ShouldBeUnreadable(serializer.FromBinary(damaged, manifest));
                ShouldBeUnreadable(serializer.FromBinary(bytes[..i], manifest));
            }
        }
    }

    [Fact]
    public void A_change_is_not_read_as_a_snapshot_and_a_snapshot_is_not_read_as_a_change()
    {
        var serializer = Serializer(Key);

        serializer.FromBinary(serializer.ToBinary(Snapshot), "change/1").ShouldBeOfType<UnreadableChange>().IsTampered.ShouldBeTrue();
        serializer.FromBinary(serializer.ToBinary(Change), "snapshot/1").ShouldBeOfType<UnreadableSnapshot>();
    }

    [Fact]
    public void Older_keys_still_open_their_seals_after_a_new_key_was_added()
    {
        var old = Serializer(Key).ToBinary(Change);
        var both = Serializer(new SealKey(2, Secret(2)), Key);

        both.FromBinary(old, "change/1").ShouldBeOfType<SessionChange>();
        Serializer(Key).FromBinary(both.ToBinary(Change), "change/1").ShouldBeOfType<UnreadableChange>();
        Serializer(new SealKey(2, Secret(2)))
            .FromBinary(old, "change/1")
            .ShouldBeOfType<UnreadableChange>()
            .Reason.ShouldContain("another key");
        Serializer(new SealKey(1, Secret(3))).FromBinary(old, "change/1").ShouldBeOfType<UnreadableChange>().IsTampered.ShouldBeTrue();
    }

    [Fact]
    public void A_record_without_a_seal_is_refused_if_there_is_a_key()
    {
        var without = Serializer().ToBinary(Change);

        Serializer().FromBinary(without, "change/1").ShouldBeOfType<SessionChange>();
        Serializer(Key).FromBinary(without, "change/1").ShouldBeOfType<UnreadableChange>().IsTampered.ShouldBeTrue();
    }

    [Fact]
    public void A_record_of_a_newer_engine_is_refused_by_its_manifest()
    {
        var newer = Serializer().FromBinary([], "change/2").ShouldBeOfType<UnreadableChange>();

        newer.IsTampered.ShouldBeFalse();
        newer.Reason.ShouldContain("'change/2' is not known to this version of the engine");
        Serializer().FromBinary([], "snapshot/2").ShouldBeOfType<UnreadableSnapshot>().Reason.ShouldContain("'snapshot/2'");
    }

    [Fact]
    public void Keys_must_be_long_have_unique_numbers_and_never_show_their_secret()
    {
        Should.Throw<ArgumentException>(() => new SealKey(1, new byte[31])).Message.ShouldContain("32 random bytes");
        Should.Throw<ArgumentException>(() => new Seal([Key, new SealKey(1, Secret(2))])).Message.ShouldContain("number 1");
        Key.ToString().ShouldBe("seal key 1");
    }

    private static void ShouldBeUnreadable(object read) => (read is UnreadableChange or UnreadableSnapshot).ShouldBeTrue(read.ToString());

    private static byte[] Secret(byte of) => [.. Enumerable.Repeat(of, 32)];

    private SessionSerializer Serializer(params SealKey[] keys) => new((ExtendedActorSystem)system, new Seal(keys));
}
