using Monty.Testing;
using Shouldly;
using Xunit;

namespace Monty.Interop.Tests.Os;

/// <summary>Tests that measure the memory of the process. They run one at a time.</summary>
[CollectionDefinition(nameof(MountCostTests), DisableParallelization = true)]
public sealed class MountCosts;

/// <summary>The memory and time that file calls cost the host stay within the limits of the mounts.</summary>
[Collection(nameof(MountCostTests))]
public sealed class MountCostTests
{
    private const int MiB = 1 << 20;
    private static readonly Dictionary<string, ReadOnlyMemory<byte>> Nothing = [];
    private uint callId;

    [LinuxTheory]
    [InlineData(MountKind.Overlay)]
    [InlineData(MountKind.InMemory)]
    public void Truncating_a_file_releases_its_memory(MountKind kind)
    {
        using var world = new FileWorld(kind, Nothing);
        var before = GC.GetTotalMemory(forceFullCollection: true);

        for (var i = 0; i < 32; i++)
        {
            Answer(world, OsFunction.WriteBytes, $"/data/{i}", new MontyBytes(new byte[16 * MiB])).ShouldBe(MontyAnswer.Return(16 * MiB));
            Answer(world, OsFunction.WriteBytes, $"/data/{i}", new MontyBytes(new byte[1])).ShouldBe(MontyAnswer.Return(1));
        }

        (GC.GetTotalMemory(forceFullCollection: true) - before).ShouldBeLessThan(
            64 * MiB,
            "this is the limit of an overlay and of a mount in memory"
        );
    }

    [LinuxFact]
    public void Creating_and_removing_files_in_an_overlay_does_not_accumulate_memory()
    {
        using var world = new FileWorld(MountKind.Overlay, Nothing);
        var folder = "/data/" + string.Join('/', Enumerable.Repeat(new string('x', 250), 15));
        Answer(world, OsFunction.Mkdir, folder, true, true);
        var before = GC.GetTotalMemory(forceFullCollection: true);

        for (var i = 0; i < 10_000; i++)
        {
            Answer(world, OsFunction.WriteText, $"{folder}/{i}", "").ShouldBe(MontyAnswer.Return(0));
            Answer(world, OsFunction.Unlink, $"{folder}/{i}").ShouldBe(MontyAnswer.Return(MontyValue.None));
        }

        (GC.GetTotalMemory(forceFullCollection: true) - before).ShouldBeLessThan(16 * MiB);
    }

    [LinuxTheory]
    [InlineData(MountKind.Overlay)]
    [InlineData(MountKind.InMemory)]
    public async Task Creating_the_deepest_path_takes_linear_time(MountKind kind)
    {
        using var world = new FileWorld(kind, Nothing);

        await Task.Run(() =>
            {
                foreach (var name in new[] { "/a", "/b", "/c" })
                {
                    // This would take minutes if each directory on the path checked all directories above it again.
                    var deepest = "/data" + string.Concat(Enumerable.Repeat(name, 2000));
                    Answer(world, OsFunction.Mkdir, deepest, true, true).ShouldBe(MontyAnswer.Return(MontyValue.None));
                    Answer(world, OsFunction.IsDir, deepest).ShouldBe(MontyAnswer.Return(true));
                }
            })
            .InTime();
    }

    [Theory]
    [InlineData(100_001, 0)]
    [InlineData(20_000, 2000)]
    public void A_listing_that_would_be_too_large_is_refused(int entries, int detours)
    {
        using var os = new MontyOs(
            new MontyOsOptions
            {
                Mounts =
                [
                    MontyMount.InMemory("/m", Enumerable.Range(0, entries).ToDictionary(i => $"{i}", _ => default(ReadOnlyMemory<byte>))),
                ],
            }
        );
        var path = "/m" + string.Concat(Enumerable.Repeat("/.", detours));

        var answer = os.Answer(new MontyOsCall(OsFunction.Iterdir, [new MontyPath(path)], 0));

        ((RaiseAnswer)answer).Error.TypeAndMessage.ShouldBe($"OSError: [Errno 27] File too large: '{path}'");
    }

    [Fact]
    public void A_file_that_would_be_too_large_to_read_is_refused_by_a_mount_in_memory() =>
        Should
            .Throw<ArgumentException>(() =>
                MontyMount.InMemory(
                    "/m",
                    new Dictionary<string, ReadOnlyMemory<byte>> { ["x"] = new byte[MontyJson.MaxTextLength + 1] },
                    maxBytes: 1 << 30
                )
            )
            .Message.ShouldStartWith("Cannot add the file 'x' to the mount: [Errno 27] File too large: 'x'.");

    [LinuxFact]
    public void Entries_count_against_the_limit_of_a_folder()
    {
        using var world = new FileWorld(MountKind.ReadWrite, Nothing, limit: 1000);
        string[] names = [.. Enumerable.Range(0, 100).Select(i => $"/data/{i}")];

        var answers = names
            .Select(
                (name, i) => i % 2 == 0 ? Answer(world, OsFunction.Mkdir, name, false, false) : Answer(world, OsFunction.Open, name, "w")
            )
            .ToList();

        ((RaiseAnswer)answers[^1]).Error.TypeAndMessage.ShouldBe("OSError: [Errno 28] No space left on device: '/data/99'");
        Directory.EnumerateFileSystemEntries(world.Folder).Count().ShouldBe(7);
    }

    private MontyAnswer Answer(FileWorld world, OsFunction function, string path, params MontyValue[] more) =>
        world.Os.Answer(new MontyOsCall(function, [new MontyPath(path), .. more], callId++));
}
