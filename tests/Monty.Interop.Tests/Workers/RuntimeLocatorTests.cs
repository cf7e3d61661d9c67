using System.Runtime.Versioning;
using Monty.Interop.Workers;
using Monty.Testing;
using Shouldly;
using Xunit;

namespace Monty.Interop.Tests.Workers;

[SupportedOSPlatform("linux")]
public sealed class RuntimeLocatorTests
{
    private const UnixFileMode Readable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead;
    private const UnixFileMode Execute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    [Fact]
    public void The_first_folder_that_has_the_file_wins()
    {
        using var first = new TempFolder();
        using var second = new TempFolder();
        var there = second.Write("monty", "");
        RuntimeLocator.FindBeside([first.Path, second.Path], "monty", null).ShouldBe(there);

        var here = first.Write("monty", "");
        RuntimeLocator.FindBeside([first.Path, second.Path], "monty", null).ShouldBe(here);
        RuntimeLocator.FindBeside([first.Path], "other", null).ShouldBeNull();
    }

    [Fact]
    public void A_file_that_nobody_may_execute_becomes_executable_and_others_stay_as_they_are()
    {
        using var folder = new TempFolder();
        var file = folder.Write("monty", "");
        File.SetUnixFileMode(file, Readable);
        RuntimeLocator.FindBeside([folder.Path], "monty", null);
        File.GetUnixFileMode(file).ShouldBe(Readable | Execute);

        File.SetUnixFileMode(file, Readable | UnixFileMode.UserExecute); // somebody chose this
        RuntimeLocator.FindBeside([folder.Path], "monty", null);
        File.GetUnixFileMode(file).ShouldBe(Readable | UnixFileMode.UserExecute);
    }

    [Fact]
    public void A_program_that_is_called_monty_does_not_take_itself_for_the_runtime()
    {
        using var folder = new TempFolder();
        var program = folder.Write("monty", "");

        RuntimeLocator.FindBeside([folder.Path], "monty", program).ShouldBeNull(); // a single file, or compiled ahead of time
        folder.Write("monty.dll", "");
        RuntimeLocator.FindBeside([folder.Path], "monty", "/usr/bin/dotnet").ShouldBeNull(); // dotnet monty.dll
    }
}
