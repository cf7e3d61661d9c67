using Monty.Testing;
using Shouldly;
using Xunit;

namespace Monty.Interop.Tests.Os;

/// <summary>File operations have the same results as in CPython, in all kinds of mounts.</summary>
public sealed class FileGoldenTests(RuntimeFixture runtime) : IClassFixture<RuntimeFixture>
{
    /// <summary>The results that differ from CPython, by code.</summary>
    private static readonly Dictionary<string, string> Exceptions = new()
    {
        // The runtime sends os.rename and Path.rename as the same call, so both return the result of Path.rename.
        ["os.rename('a.txt', 'a.txt')"] = "PosixPath('a.txt')",
    };

    /// <summary>The case that renames a folder. An overlay refuses it, like the overlay file system of Linux.</summary>
    private const string RenamesFolder = "os.rename('sub/empty', 'moved')\nos.listdir('moved')";

    [LinuxTheory]
    [InlineData(MountKind.ReadWrite)]
    [InlineData(MountKind.Overlay)]
    [InlineData(MountKind.InMemory)]
    public async Task Operations_have_the_same_results_as_in_CPython(MountKind kind)
    {
        var different = new List<string>();
        foreach (var (code, expected) in FileGoldens.Cases)
        {
            var result = await RunAsync(kind, code);
            if (kind == MountKind.Overlay && code == RenamesFolder)
            {
                result.ShouldBe("OSError: [Errno 18] Invalid cross-device link: 'sub/empty' -> 'moved'");
            }
            else if (result != Exceptions.GetValueOrDefault(code, expected))
            {
                different.Add($"{code}\n  CPython: {expected}\n  here:    {result}");
            }
        }

        different.ShouldBeEmpty(string.Join('\n', different));
    }

    [LinuxFact]
    public async Task A_read_only_mount_reads_like_CPython_and_changes_nothing()
    {
        foreach (var (code, expected) in FileGoldens.Cases)
        {
            using var world = NewWorld(MountKind.ReadOnly);
            var before = Snapshot(world.Folder);

            var result = await RunAsync(world, code);

            if (!result.Contains("Read-only file system", StringComparison.Ordinal))
            {
                result.ShouldBe(Exceptions.GetValueOrDefault(code, expected), code);
            }

            Snapshot(world.Folder).ShouldBe(before, code);
        }
    }

    [LinuxFact]
    public async Task An_overlay_never_changes_its_folder()
    {
        foreach (var (code, _) in FileGoldens.Cases)
        {
            using var world = NewWorld(MountKind.Overlay);
            var before = Snapshot(world.Folder);

            await RunAsync(world, code);

            Snapshot(world.Folder).ShouldBe(before, code);
        }
    }

    private static FileWorld NewWorld(MountKind kind)
    {
        var world = new FileWorld(kind, FileGoldens.Files);
        if (kind == MountKind.InMemory)
        {
            world
                .Os.Answer(new MontyOsCall(OsFunction.Mkdir, [new MontyPath("/data/sub/empty"), false, false], 0))
                .ShouldBe(MontyAnswer.Return(MontyValue.None));
        }
        else
        {
            Directory.CreateDirectory(Path.Combine(world.Folder, "sub", "empty"));
        }

        return world;
    }

    private async Task<string> RunAsync(MountKind kind, string code)
    {
        using var world = NewWorld(kind);
        return await RunAsync(world, code);
    }

    private async Task<string> RunAsync(FileWorld world, string code)
    {
        try
        {
            return (
                await runtime
                    .Pool.RunAsync(
                        "from pathlib import Path\nimport os\n" + code,
                        world.Feed,
                        cancellationToken: TestContext.Current.CancellationToken
                    )
                    .InTime()
            ).Value.ToString();
        }
        catch (MontyScriptException failed)
        {
            failed.Error.TypeAndMessage.ShouldNotContain(world.Folder);
            return failed.Error.TypeAndMessage;
        }
    }

    private static IEnumerable<string> Snapshot(string folder) =>
        Directory
            .EnumerateFileSystemEntries(folder, "*", SearchOption.AllDirectories)
            .Order(StringComparer.Ordinal)
            .Select(p => $"{p}: {(File.Exists(p) ? Convert.ToHexString(File.ReadAllBytes(p)) : "folder")}");
}
