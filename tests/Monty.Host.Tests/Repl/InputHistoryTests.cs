using Monty.Host.Cli.Repl;
using Monty.Testing;
using Shouldly;
using Xunit;

namespace Monty.Host.Tests.Repl;

public sealed class InputHistoryTests
{
    private readonly List<string> warnings = [];

    [Fact]
    public void Lines_are_stored_in_a_private_file()
    {
        using var folder = new TempFolder();
        var file = Path.Combine(folder.Path, "new", "history");
        var first = new InputHistory(file, warnings.Add);
        foreach (var line in new[] { "x = 1", "x = 1", "  ", "'é 🐍'", new string('x', 20_000), "a\nb" })
        {
            first.Add(line);
        }

        var second = new InputHistory(file, warnings.Add);
        second.Add("y");

        first.Lines.ShouldBe(["x = 1", "'é 🐍'"]);
        second.Lines.ShouldBe(["x = 1", "'é 🐍'", "y"]);
        new InputHistory(file, warnings.Add).Lines.ShouldBe(second.Lines);
        warnings.ShouldBeEmpty();
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.GetUnixFileMode(Path.GetDirectoryName(file)!)
            .ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    [Fact]
    public void A_file_that_others_may_read_is_made_private()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        using var folder = new TempFolder();
        var file = folder.Write("history", "x\n");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead);

        new InputHistory(file, warnings.Add).Lines.ShouldBe(["x"]);

        File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Fact]
    public void The_oldest_lines_are_removed_when_there_are_more_than_a_thousand()
    {
        using var folder = new TempFolder();
        var file = folder.Write("history", string.Concat(Enumerable.Range(0, 1500).Select(i => $"line {i}\n")));

        var history = new InputHistory(file, warnings.Add);
        history.Add("new");

        history.Lines.Length.ShouldBe(1000);
        (history.Lines[0], history.Lines[^1]).ShouldBe(("line 501", "new"));
        File.ReadLines(file).First().ShouldBe("line 500");
        File.ReadLines(file).Count().ShouldBe(1001);
    }

    [Fact]
    public void Without_a_usable_file_lines_are_kept_in_memory_and_one_warning_is_shown()
    {
        using var folder = new TempFolder();
        var none = new InputHistory(null, warnings.Add);
        none.Add("x");
        none.Lines.ShouldBe(["x"]);
        warnings.ShouldBeEmpty();

        var unusable = new InputHistory(Path.Combine(folder.Write("file", ""), "history"), warnings.Add);
        unusable.Add("x");
        unusable.Add("y");

        unusable.Lines.ShouldBe(["x", "y"]);
        warnings.ShouldHaveSingleItem().ShouldStartWith("warning: the history cannot be stored in ");
    }
}
