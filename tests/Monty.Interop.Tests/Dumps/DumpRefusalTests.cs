using System.Runtime.Versioning;
using Google.Protobuf;
using Monty.Interop.Dumps;
using Monty.Interop.Wire;
using Monty.Testing;
using Shouldly;
using Xunit;

namespace Monty.Interop.Tests.Dumps;

/// <summary>Bytes that are not a valid dump are refused with the right reason, and the pool is unchanged.</summary>
[SupportedOSPlatform("linux")]
public sealed class DumpRefusalTests
{
    private const string Version = "monty-runtime 0.0.23";
    private static readonly byte[] Key = "a key of the host"u8.ToArray();

    [LinuxTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Every_changed_bit_and_every_truncation_is_refused_with_its_reason(bool keyed)
    {
        using var pool = new MontyPool(new MontyPoolOptions { MaxWorkers = 1, DumpKey = keyed ? Key : default });
        var dump = (await DumpAsync(pool, "x = 1")).Bytes.ToArray();
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
                (await ReasonAsync(pool, changed)).ShouldBe(expected, $"bit {bit} of byte {at}");
            }
        }

        for (var length = 0; length < dump.Length; length++)
        {
            (await ReasonAsync(pool, dump[..length])).ShouldBe(
                length < 6 ? DumpRefusal.NotADump : DumpRefusal.Tampered,
                $"{length} bytes of it"
            );
        }

        (await ReasonAsync(pool, [.. dump, 0])).ShouldBe(DumpRefusal.Tampered);
        (await ReasonAsync(pool, [.. dump, .. dump])).ShouldBe(DumpRefusal.Tampered);
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
            (await ReasonAsync(pool, sample)).ShouldBe(DumpRefusal.NotADump);
        }

        await Should.ThrowAsync<ArgumentNullException>(() => pool.LoadSessionAsync(null!).InTime());

        pool.Statistics.Started.ShouldBe(0, "no worker was started");
        (await pool.RunAsync("1").InTime()).Value.ShouldBe(new MontyInt(1));

        static byte[] RandomBytes(Random random, int length)
        {
            var bytes = new byte[length];
            random.NextBytes(bytes);
            return bytes;
        }
    }

    [LinuxFact]
    public async Task A_pool_accepts_only_dumps_signed_with_its_own_key()
    {
        using var plain = new MontyPool(new MontyPoolOptions { MaxWorkers = 1 });
        using var keyed = new MontyPool(new MontyPoolOptions { MaxWorkers = 1, DumpKey = Key });
        using var sameKey = new MontyPool(new MontyPoolOptions { MaxWorkers = 1, DumpKey = Key.ToArray() });
        using var otherKey = new MontyPool(new MontyPoolOptions { MaxWorkers = 1, DumpKey = "another"u8.ToArray() });
        var signed = await DumpAsync(keyed, "x = 1");
        var unsigned = await DumpAsync(plain, "x = 1");

        using (var loaded = await sameKey.LoadSessionAsync(signed).InTime())
        {
            (await loaded.FeedAsync("x").InTime()).Value.ShouldBe(new MontyInt(1));
        }

        (await RefuseAsync(otherKey, signed)).Message.ShouldContain("or signed with another key");
        (await RefuseAsync(otherKey, signed)).Refusal.ShouldBe(DumpRefusal.Tampered);
        (await RefuseAsync(plain, signed)).Message.ShouldBe(
            "Loading the dump failed: it is signed, and this pool has no key to check the signature. Set DumpKey to the key that the dump was made with."
        );
        (await RefuseAsync(keyed, unsigned)).Message.ShouldBe(
            "Loading the dump failed: it is not signed, and this pool accepts signed dumps only. Make the dump with a pool that has the same DumpKey."
        );
        (await Should.ThrowAsync<MontyDumpException>(() => keyed.TurnAsync(unsigned, new FeedTurn("1")).InTime())).Refusal.ShouldBe(
            DumpRefusal.SignatureMismatch
        );
        (await Should.ThrowAsync<MontyDumpException>(() => keyed.RunAsync(unsigned, "1").InTime())).Refusal.ShouldBe(
            DumpRefusal.SignatureMismatch
        );
    }

    [LinuxFact]
    public async Task A_signature_cannot_be_forged_with_a_hash_made_without_the_key()
    {
        using var keyed = new MontyPool(new MontyPoolOptions { MaxWorkers = 1, DumpKey = Key });
        var forged = (await DumpAsync(keyed, "x = 1")).Bytes.ToArray();
        forged[20] ^= 1;
        System.Security.Cryptography.SHA256.HashData(forged.AsSpan(..^32), forged.AsSpan(^32..));

        (await ReasonAsync(keyed, forged)).ShouldBe(DumpRefusal.Tampered);
    }

    [LinuxFact]
    public async Task A_dump_of_another_version_of_the_runtime_is_refused_with_both_versions()
    {
        using var runtime = new WrappedRuntime(version: "monty-runtime 9.9.9");
        using var pool = new MontyPool(new MontyPoolOptions { MaxWorkers = 1 });
        using var other = new MontyPool(new MontyPoolOptions { MaxWorkers = 1, RuntimePath = runtime.Path });
        var dump = await DumpAsync(pool, "x = 1");

        var refusal = await RefuseAsync(other, dump);

        refusal.Refusal.ShouldBe(DumpRefusal.OtherRuntime);
        refusal.Message.ShouldBe(
            $"Loading the dump failed: it was made by {Version}, and this pool runs monty-runtime 9.9.9. Load it with that version, or replay the session's feeds on this one."
        );
        (await RefuseAsync(pool, await DumpAsync(other, "x = 1"))).Refusal.ShouldBe(DumpRefusal.OtherRuntime);
    }

    [LinuxFact]
    public async Task A_newer_format_is_distinguished_from_damage()
    {
        using var pool = new MontyPool(new MontyPoolOptions { MaxWorkers = 1 });
        var newer = (await DumpAsync(pool, "x = 1")).Bytes.ToArray();
        newer[4] = 7;
        System.Security.Cryptography.SHA256.HashData(newer.AsSpan(..^32), newer.AsSpan(^32..));

        var refusal = await RefuseAsync(pool, new MontyDump(newer));

        refusal.Refusal.ShouldBe(DumpRefusal.NewerFormat);
        refusal.Message.ShouldBe(
            "Loading the dump failed: it has format 7, and this version of the library reads formats up to 1. Load it with the version that made it, or a later one."
        );
    }

    [LinuxFact]
    public async Task A_worker_survives_a_state_that_the_runtime_refuses()
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
            var refusal = await RefuseAsync(pool, dump);
            refusal.Refusal.ShouldBe(DumpRefusal.RefusedByRuntime);
            refusal.Message.ShouldContain("the runtime refused it: failed to load session: ");
            (
                await Should.ThrowAsync<MontyDumpException>(() => pool.TurnAsync(dump, new FeedTurn("print('ran')")).InTime())
            ).Refusal.ShouldBe(DumpRefusal.RefusedByRuntime);
            (await pool.RunAsync("1").InTime()).Value.ShouldBe(new MontyInt(1));
        }

        pool.Statistics.Discarded.ShouldBe(0);
        runtime.Started.Count.ShouldBe(1);
    }

    [LinuxFact]
    public async Task Content_that_is_not_an_envelope_is_refused()
    {
        using var pool = new MontyPool(new MontyPoolOptions { MaxWorkers = 1 });
        byte[] content = [.. "MNTD"u8, 1, 0, 0xFF, 0xFF, 0xFF];

        (await ReasonAsync(pool, [.. content, .. System.Security.Cryptography.SHA256.HashData(content)])).ShouldBe(DumpRefusal.NotADump);
    }

    [LinuxFact]
    public async Task A_runtime_that_does_not_report_its_version_fails_the_dump_but_not_the_session()
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
    public async Task A_runtime_that_cannot_be_started_is_reported_by_every_entry_point()
    {
        using var folder = new TempFolder();
        var path = folder.File("monty");
        await File.WriteAllTextAsync(path, "not an executable");
        using var pool = new MontyPool(new MontyPoolOptions { RuntimePath = path });
        using var working = new MontyPool(new MontyPoolOptions { MaxWorkers = 1 });
        var dump = await DumpAsync(working, "x = 1");

        Func<Task>[] entryPoints =
        [
            () => pool.RunAsync("1"),
            () => pool.LoadSessionAsync(dump),
            () => pool.TurnAsync(null, new FeedTurn("1")),
            () => pool.CheckTypesAsync("1"),
        ];
        foreach (var entryPoint in entryPoints)
        {
            (await Should.ThrowAsync<MontyWorkerException>(() => entryPoint().InTime())).Failure.ShouldBe(WorkerFailure.NotStarted);
        }

        pool.Statistics.Live.ShouldBe(0);
    }

    [LinuxFact]
    public async Task A_runtime_that_hangs_when_asked_for_its_version_is_abandoned_after_the_start_timeout()
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

    private static async Task<MontyDump> DumpAsync(MontyPool pool, string code)
    {
        using var session = await pool.OpenSessionAsync().InTime();
        await session.FeedAsync(code).InTime();
        return await session.DumpAsync().InTime();
    }

    private static async Task<DumpRefusal> ReasonAsync(MontyPool pool, byte[] bytes) =>
        (await RefuseAsync(pool, new MontyDump(bytes))).Refusal;

    private static Task<MontyDumpException> RefuseAsync(MontyPool pool, MontyDump dump) =>
        Should.ThrowAsync<MontyDumpException>(() => pool.LoadSessionAsync(dump));
}
