using Monty.Interop.Os;
using Shouldly;
using Xunit;

namespace Monty.Interop.Tests.Os;

/// <summary>What calls would change, and changes that are made again.</summary>
public sealed class FileEffectsTests : IDisposable
{
    private readonly FileWorld world = new(
        MountKind.ReadWrite,
        new Dictionary<string, ReadOnlyMemory<byte>> { ["log"] = "old\n"u8.ToArray(), ["d/f"] = default }
    );

    [LinuxFact]
    public void A_call_changes_what_its_mount_does()
    {
        (MountKind Kind, FileEffect Effect)[] kinds =
        [
            (MountKind.ReadOnly, FileEffect.Nothing),
            (MountKind.ReadWrite, FileEffect.Host),
            (MountKind.Overlay, FileEffect.Memory),
            (MountKind.InMemory, FileEffect.Memory),
        ];
        foreach (var (kind, effect) in kinds)
        {
            using var mounted = new FileWorld(kind, new Dictionary<string, ReadOnlyMemory<byte>>());
            MontyOsCall[] changes =
            [
                Call(OsFunction.WriteText, "x"),
                Call(OsFunction.AppendBytes, new MontyBytes(default)),
                Call(OsFunction.Open, "a"),
                Call(OsFunction.Mkdir, true, true),
                Call(OsFunction.Unlink),
                Call(OsFunction.Rmdir),
                Call(OsFunction.Rename, new MontyPath("/elsewhere")),
            ];
            changes.ShouldAllBe(c => mounted.Os.Effects.GetEffect(c) == effect);
            mounted.Os.Effects.GetEffect(Call(OsFunction.Open, "r")).ShouldBe(FileEffect.Nothing);
            mounted.Os.Effects.GetEffect(Call(OsFunction.ReadText)).ShouldBe(FileEffect.Nothing);
            mounted
                .Os.Effects.GetEffect(new MontyOsCall(OsFunction.WriteText, [new MontyPath("../elsewhere"), "x"], 0))
                .ShouldBe(FileEffect.Nothing);
        }
    }

    [LinuxTheory]
    [InlineData("", "old\nnew\n")]
    [InlineData("ne", "old\nnew\n")]
    [InlineData("new\n", "old\nnew\n")]
    [InlineData("other\n", "old\nother\nnew\n")]
    [InlineData("new\nother\n", "old\nnew\nother\nnew\n")]
    public void An_append_is_completed_and_not_doubled_where_nobody_else_has_written(string writtenBefore, string expected)
    {
        var call = Call(OsFunction.AppendText, "new\n") with { Arguments = [new MontyPath("log"), "new\n"] };
        var length = world.Os.Effects.LengthBefore(call);
        File.AppendAllText(Path.Combine(world.Folder, "log"), writtenBefore);

        world.Os.Effects.AnswerAgain(call, length).ShouldBe(MontyAnswer.Return(4));

        length.ShouldBe(4);
        File.ReadAllText(Path.Combine(world.Folder, "log")).ShouldBe(expected);
    }

    [LinuxFact]
    public void What_was_made_or_removed_before_is_taken_for_done()
    {
        MontyOsCall[] calls =
        [
            new(OsFunction.Mkdir, [new MontyPath("e"), false, false], 0),
            new(OsFunction.Unlink, [new MontyPath("log")], 0),
            new(OsFunction.Rename, [new MontyPath("d/f"), new MontyPath("e/f")], 0),
            new(OsFunction.Rmdir, [new MontyPath("d")], 0),
        ];
        foreach (var call in calls)
        {
            world.Os.Effects.Refusal(call).ShouldBeNull();
            var first = world.Os.Answer(call);
            world.Os.Effects.AnswerAgain(call, null).ShouldBe(first);
            world.Os.Effects.Refusal(call).ShouldBe(world.Os.Answer(call), "it fails as it would where it is tried");
        }

        Directory
            .EnumerateFileSystemEntries(world.Folder, "*", SearchOption.AllDirectories)
            .Select(p => Path.GetRelativePath(world.Folder, p))
            .Order(StringComparer.Ordinal)
            .ShouldBe(["e", "e/f"]);
    }

    [LinuxTheory]
    [InlineData("a\0b")]
    [InlineData("")]
    [InlineData("log/below")]
    public void A_refusal_is_what_the_call_itself_would_give(string path)
    {
        foreach (var function in (OsFunction[])[OsFunction.Unlink, OsFunction.Rmdir])
        {
            var call = new MontyOsCall(function, [new MontyPath(path)], 0);
            (world.Os.Effects.Refusal(call) ?? world.Os.Answer(call)).ShouldBe(world.Os.Answer(call));
        }
    }

    public void Dispose() => world.Dispose();

    private static MontyOsCall Call(OsFunction function, params MontyValue[] more) => new(function, [new MontyPath("f"), .. more], 0);
}
