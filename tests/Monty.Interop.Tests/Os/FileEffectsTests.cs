using Monty.Interop.Os;
using Shouldly;
using Xunit;

namespace Monty.Interop.Tests.Os;

/// <summary>The effects of file calls are predicted, and calls that may already have been made can be repeated.</summary>
public sealed class FileEffectsTests : IDisposable
{
    private readonly FileWorld world = new(
        MountKind.ReadWrite,
        new Dictionary<string, ReadOnlyMemory<byte>> { ["log"] = "old\n"u8.ToArray(), ["d/f"] = default }
    );

    [LinuxFact]
    public void The_effect_of_a_call_depends_on_its_mount()
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
    public void Repeating_an_append_completes_it_unless_another_process_has_written(string writtenBefore, string expected)
    {
        var call = Call(OsFunction.AppendText, "new\n") with { Arguments = [new MontyPath("log"), "new\n"] };
        var length = world.Os.Effects.GetLengthBefore(call);
        File.AppendAllText(Path.Combine(world.Folder, "log"), writtenBefore);

        world.Os.Effects.AnswerAgain(call, length).ShouldBe(MontyAnswer.Return(4));

        length.ShouldBe(4);
        File.ReadAllText(Path.Combine(world.Folder, "log")).ShouldBe(expected);
    }

    [LinuxFact]
    public void Repeating_a_completed_creation_removal_or_rename_returns_the_same_answer()
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
            world.Os.Effects.FindRefusal(call).ShouldBeNull();
            var first = world.Os.Answer(call);
            world.Os.Effects.AnswerAgain(call, null).ShouldBe(first);
            world.Os.Effects.FindRefusal(call).ShouldBe(world.Os.Answer(call), "the refusal is the answer that the call itself would get");
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
    public void A_refusal_is_the_answer_that_the_call_itself_would_get(string path)
    {
        foreach (var function in (OsFunction[])[OsFunction.Unlink, OsFunction.Rmdir])
        {
            var call = new MontyOsCall(function, [new MontyPath(path)], 0);
            (world.Os.Effects.FindRefusal(call) ?? world.Os.Answer(call)).ShouldBe(world.Os.Answer(call));
        }
    }

    public void Dispose() => world.Dispose();

    private static MontyOsCall Call(OsFunction function, params MontyValue[] more) => new(function, [new MontyPath("f"), .. more], 0);
}
