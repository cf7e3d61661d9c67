using System.Runtime.Versioning;
using Google.Protobuf;
using Monty.Interop.Dumps;
using Monty.Interop.Wire;
using Monty.Testing;
using Shouldly;
using Xunit;

namespace Monty.Interop.Tests.Dumps;

/// <summary>Bytes that are no dump, or no dump any more: each is refused by name, and nothing is harmed.</summary>
[SupportedOSPlatform("linux")]
public sealed class DumpRefusalTests
{
    private const string Version = "monty-runtime 0.0.23";
    private static readonly byte[] Key = "a key of the host"u8.ToArray();

    [LinuxTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Every_changed_bit_and_every_cut_is_refused_by_name(bool keyed)
    {
        using var pool = new MontyPool(new MontyPoolOptions { MaxWorkers = 1, DumpKey = keyed ? Key : default });
        var dump = (await Dump(pool, "x = 1")).Bytes.ToArray();
        var before = pool.Statistics;

        for (var at = 0; at < dump.Length; at++)
        {
            for (var bit = 0; bit < 8; bit++)
            {
                var changed = (byte[])dump.Clone();
                changed[at] ^= (byte)(1 << bit);
                var expected = at switch
                {
                    < 4 => DumpRefusal.NotADump,
                    4 => changed[4] == 0 ? DumpRefusal.NotADump : DumpRefusal.NewerFormat,
                    5 => DumpRefusal.SignatureMismatch,
                    _ => DumpRefusal.Tampered,
                };
                (await Refusal(pool, changed)).ShouldBe(expected, $"bit {bit} of byte {at}");
            }
        }

        for (var length = 0; length < dump.Length; length++)
        {
            (await Refusal(pool, dump[..length])).ShouldBe(
                length < 6 ? DumpRefusal.NotADump : DumpRefusal.Tampered,
                $"{length} bytes of it"
            );
        }

        (await Refusal(pool, [.. dump, 0])).ShouldBe(DumpRefusal.Tampered);
        (await Refusal(pool, [.. dump, .. dump])).ShouldBe(DumpRefusal.Tampered);
        pool.Statistics.ShouldBe(before);
        using var loaded = await pool.LoadSessionAsync(new MontyDump(dump)).InTime();
        (await loaded.FeedAsync("x").InTime()).Value.ShouldBe(new MontyInt(1));
    }

    [LinuxFact]
    public async Task Bytes_that_were_never_a_dump_are_refused()
    {
        using var pool = new MontyPool(new MontyPoolOptions { MaxWorkers = 1 });
        var random = new Random(1);
        byte[][] samples =
        [
            [],
            [0],
            "MNTD"u8.ToArray(),
            "MONTY\0\x8\0 the runtime's own"u8.ToArray(),
            new byte[100],
            .. Enumerable.Range(0, 200).Select(i => RandomBytes(random, i)),
        ];

        foreach (var sample in samples)
        {
            (await Refusal(pool, sample)).ShouldBe(DumpRefusal.NotADump);
        }

        await Should.ThrowAsync<ArgumentNullException>(() => pool.LoadSessionAsync(null!).InTime());

        pool.Statistics.Started.ShouldBe(0, "no worker was asked");
        (await pool.RunAsync("1").InTime()).Value.ShouldBe(new MontyInt(1));

        static byte[] RandomBytes(Random random, int length)
        {
            var bytes = new byte[length];
            random.NextBytes(bytes);
            return bytes;
        }
    }

    [LinuxFact]
    public async Task Keys_decide_which_dumps_a_pool_takes()
    {
        using var plain = new MontyPool(new MontyPoolOptions { MaxWorkers = 1 });
        using var keyed = new MontyPool(new MontyPoolOptions { MaxWorkers = 1, DumpKey = Key });
        using var sameKey = new MontyPool(new MontyPoolOptions { MaxWorkers = 1, DumpKey = Key.ToArray() });
        using var otherKey = new MontyPool(new MontyPoolOptions { MaxWorkers = 1, DumpKey = "another"u8.ToArray() });
        var signed = await Dump(keyed, "x = 1");
        var unsigned = await Dump(plain, "x = 1");

        using (var loaded = await sameKey.LoadSessionAsync(signed).InTime())
        {
            (await loaded.FeedAsync("x").InTime()).Value.ShouldBe(new MontyInt(1));
        }

        (await RefusalOf(otherKey, signed)).Message.ShouldContain("or signed with another key");
        (await RefusalOf(otherKey, signed)).Refusal.ShouldBe(DumpRefusal.Tampered);
        (await RefusalOf(plain, signed)).Message.ShouldBe(
            "The dump is signed and this pool has no key to check it. Set DumpKey to the key that it was made with."
        );
        (await RefusalOf(keyed, unsigned)).Message.ShouldBe(
            "The dump is not signed and this pool takes signed dumps only. Make it with a pool that has the same DumpKey."
        );
        (await Should.ThrowAsync<MontyDumpException>(() => keyed.TurnAsync(unsigned, new FeedTurn("1")).InTime())).Refusal.ShouldBe(
            DumpRefusal.SignatureMismatch
        );
        (await Should.ThrowAsync<MontyDumpException>(() => keyed.RunAsync(unsigned, "1").InTime())).Refusal.ShouldBe(
            DumpRefusal.SignatureMismatch
        );
    }

    [LinuxFact]
    public async Task A_hash_without_the_key_does_not_forge_a_signature()
    {
        using var keyed = new MontyPool(new MontyPoolOptions { MaxWorkers = 1, DumpKey = Key });
        var forged = (await Dump(keyed, "x = 1")).Bytes.ToArray();
        forged[20] ^= 1;
        System.Security.Cryptography.SHA256.HashData(forged.AsSpan(..^32), forged.AsSpan(^32..));

        (await Refusal(keyed, forged)).ShouldBe(DumpRefusal.Tampered);
    }

    [LinuxFact]
    public async Task A_dump_of_another_version_of_the_runtime_is_refused_with_both_versions()
    {
        using var runtime = new WrappedRuntime(version: "monty-runtime 9.9.9");
        using var pool = new MontyPool(new MontyPoolOptions { MaxWorkers = 1 });
        using var other = new MontyPool(new MontyPoolOptions { MaxWorkers = 1, RuntimePath = runtime.Path });
        var dump = await Dump(pool, "x = 1");

        var refusal = await RefusalOf(other, dump);

        refusal.Refusal.ShouldBe(DumpRefusal.OtherRuntime);
        refusal.Message.ShouldBe(
            $"The dump was made by {Version}, and this pool runs monty-runtime 9.9.9. Load it with that version, or replay the session's feeds on this one."
        );
        (await RefusalOf(pool, await Dump(other, "x = 1"))).Refusal.ShouldBe(DumpRefusal.OtherRuntime);
    }

    [LinuxFact]
    public async Task A_newer_format_is_told_from_damage()
    {
        using var pool = new MontyPool(new MontyPoolOptions { MaxWorkers = 1 });
        var newer = (await Dump(pool, "x = 1")).Bytes.ToArray();
        newer[4] = 7;
        System.Security.Cryptography.SHA256.HashData(newer.AsSpan(..^32), newer.AsSpan(^32..));

        var refusal = await RefusalOf(pool, new MontyDump(newer));

        refusal.Refusal.ShouldBe(DumpRefusal.NewerFormat);
        refusal.Message.ShouldBe(
            "The dump has format 7; this client reads up to 1. Load it with the version of the client that made it, or a later one."
        );
    }

    [LinuxFact]
    public async Task A_state_that_the_runtime_refuses_leaves_the_worker_as_it_was()
    {
        using var runtime = new WrappedRuntime();
        using var pool = new MontyPool(new MontyPoolOptions { MaxWorkers = 1, RuntimePath = runtime.Path });
        var seal = new DumpSeal(default, Version);
        ByteString[] states =
        [
            ByteString.Empty,
            ByteString.CopyFromUtf8("garbage that is long enough"),
            ByteString.CopyFrom("MONTY\0\x8\0"u8),
            ByteString.CopyFrom("MONTY\0\x7\0"u8),
        ];

        foreach (var state in states)
        {
            var dump = seal.Wrap(
                new DumpEnvelope
                {
                    ScriptName = "main.py",
                    State = state,
                    MaxSuspensions = 10,
                }
            );
            var refusal = await RefusalOf(pool, dump);
            refusal.Refusal.ShouldBe(DumpRefusal.RefusedByRuntime);
            refusal.Message.ShouldContain("The runtime refused the dump: failed to load session: ");
            (
                await Should.ThrowAsync<MontyDumpException>(() => pool.TurnAsync(dump, new FeedTurn("print('ran')")).InTime())
            ).Refusal.ShouldBe(DumpRefusal.RefusedByRuntime);
            (await pool.RunAsync("1").InTime()).Value.ShouldBe(new MontyInt(1));
        }

        pool.Statistics.Discarded.ShouldBe(0);
        runtime.Started.Count.ShouldBe(1);
    }

    [LinuxFact]
    public async Task An_envelope_that_is_no_envelope_is_refused()
    {
        using var pool = new MontyPool(new MontyPoolOptions { MaxWorkers = 1 });
        byte[] content = [.. "MNTD"u8, 1, 0, 0xFF, 0xFF, 0xFF];

        (await Refusal(pool, [.. content, .. System.Security.Cryptography.SHA256.HashData(content)])).ShouldBe(DumpRefusal.NotADump);
    }

    [LinuxFact]
    public async Task A_runtime_that_does_not_say_its_version_costs_the_dump_and_not_the_session()
    {
        using var silent = new WrappedRuntime(version: "");
        using var pool = new MontyPool(new MontyPoolOptions { MaxWorkers = 1, RuntimePath = silent.Path });
        using var session = await pool.OpenSessionAsync().InTime();
        await session.FeedAsync("x = 1").InTime();

        for (var i = 0; i < 2; i++)
        {
            (await Should.ThrowAsync<MontyWorkerException>(() => session.DumpAsync().InTime())).Message.ShouldContain(
                "did not print its version (exit code 0)"
            );
        }

        (await session.FeedAsync("x").InTime()).Value.ShouldBe(new MontyInt(1));
    }

    [LinuxFact]
    public async Task A_file_that_cannot_be_started_is_told_so_by_every_way_in()
    {
        using var folder = new TempFolder();
        var path = folder.File("monty");
        await File.WriteAllTextAsync(path, "no executable");
        using var pool = new MontyPool(new MontyPoolOptions { RuntimePath = path });
        using var working = new MontyPool(new MontyPoolOptions { MaxWorkers = 1 });
        var dump = await Dump(working, "x = 1");

        Func<Task>[] ways =
        [
            () => pool.RunAsync("1"),
            () => pool.LoadSessionAsync(dump),
            () => pool.TurnAsync(null, new FeedTurn("1")),
            () => pool.CheckTypesAsync("1"),
        ];
        foreach (var way in ways)
        {
            (await Should.ThrowAsync<MontyWorkerException>(() => way().InTime())).Failure.ShouldBe(WorkerFailure.NotStarted);
        }

        pool.Statistics.Live.ShouldBe(0);
    }

    [LinuxFact]
    public async Task A_runtime_that_does_not_end_when_asked_for_its_version_is_given_up()
    {
        var time = new FakeTime();
        using var hanging = new WrappedRuntime(version: "';exec sleep 1000;'");
        using var pool = new MontyPool(
            new MontyPoolOptions
            {
                MaxWorkers = 1,
                RuntimePath = hanging.Path,
                StartTimeout = TimeSpan.FromSeconds(9),
                TimeProvider = time,
            }
        );
        using var session = await pool.OpenSessionAsync().InTime();
        await session.FeedAsync("x = 1").InTime();
        using var cancellation = new CancellationTokenSource();
        var cancelled = session.DumpAsync(cancellation.Token).AsTask();
        await time.WhenArmed(TimeSpan.FromSeconds(9)).InTime();
        await cancellation.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => cancelled.InTime());

        var dump = session.DumpAsync().AsTask();
        time.Advance(TimeSpan.FromSeconds(9));

        (await Should.ThrowAsync<MontyWorkerException>(() => dump.InTime())).Message.ShouldContain(
            "did not print its version within 00:00:09"
        );
        (await session.FeedAsync("x").InTime()).Value.ShouldBe(new MontyInt(1));
    }

    private static async Task<MontyDump> Dump(MontyPool pool, string code)
    {
        using var session = await pool.OpenSessionAsync().InTime();
        await session.FeedAsync(code).InTime();
        return await session.DumpAsync().InTime();
    }

    private static async Task<DumpRefusal> Refusal(MontyPool pool, byte[] bytes) => (await RefusalOf(pool, new MontyDump(bytes))).Refusal;

    private static Task<MontyDumpException> RefusalOf(MontyPool pool, MontyDump dump) =>
        Should.ThrowAsync<MontyDumpException>(() => pool.LoadSessionAsync(dump));
}
