using Monty.Testing;
using Shouldly;
using Xunit;

namespace Monty.Interop.Tests.Os;

/// <summary>Tests that look at the memory of the process, one at a time.</summary>
[CollectionDefinition(nameof(MountCostTests), DisableParallelization = true)]
public sealed class MountCosts;

/// <summary>What a script costs its host by calls for files stays within the limits of its mounts, whatever it calls.</summary>
[Collection(nameof(MountCostTests))]
public sealed class MountCostTests
{
    private const int MiB = 1 << 20;
    private static readonly Dictionary<string, ReadOnlyMemory<byte>> Nothing = [];
    private uint callId;

    [LinuxTheory]
    [InlineData(MountKind.Overlay)]
    [InlineData(MountKind.InMemory)]
    public void A_file_made_short_gives_its_memory_back(MountKind kind)
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
            "what an overlay and a folder in memory hold at most"
        );
    }

    [LinuxFact]
    public void Making_and_removing_files_in_an_overlay_does_not_add_up()
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
    public async Task The_deepest_path_is_made_in_no_time_to_speak_of(MountKind kind)
    {
        using var world = new FileWorld(kind, Nothing);

        await Task.Run(() =>
            {
                foreach (var name in new[] { "/a", "/b", "/c" })
                {
                    var deepest = "/data" + string.Concat(Enumerable.Repeat(name, 2000)); // minutes, when every folder on the way looks at all above it again
                    Answer(world, OsFunction.Mkdir, deepest, true, true).ShouldBe(MontyAnswer.Return(MontyValue.None));
                    Answer(world, OsFunction.IsDir, deepest).ShouldBe(MontyAnswer.Return(true));
                }
            })
            .InTime();
    }

    [Theory]
    [InlineData(100_001, 0)]
    [InlineData(20_000, 2000)]
    public void A_listing_of_too_much_is_refused_before_it_is_made(int entries, int detours)
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
    public void A_file_that_could_not_be_read_again_is_refused_in_memory() =>
        Should
            .Throw<ArgumentException>(() =>
                MontyMount.InMemory(
                    "/m",
                    new Dictionary<string, ReadOnlyMemory<byte>> { ["x"] = new byte[MontyJson.MaxTextLength + 1] },
                    maxBytes: 1 << 30
                )
            )
            .Message.ShouldStartWith("The file 'x' cannot be put into the mount: [Errno 27] File too large: 'x'");

    [LinuxFact]
    public void Names_count_against_the_limit_of_a_folder_too()
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
