using Monty.Host.Tests.Support;
using Monty.Testing;
using Shouldly;
using Xunit;

namespace Monty.Host.Tests.Run;

/// <summary>The options for files, environment and working directory, and the clock of the script.</summary>
public sealed class MountTests : IDisposable
{
    private readonly TempFolder folder = new();

    public MountTests() => folder.Write("a.txt", "hello");

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_mount_is_read_only_by_default()
    {
        (await RunAsync("Path('/d/a.txt').read_text()", "--mount", $"{folder.Path}::/d")).ShouldBe(new HostResult(0, "'hello'\n", ""));
        (await RunAsync("Path('/d/b.txt').write_text('x')", "--mount", $"{folder.Path}::/d")).Error.ShouldEndWith(
            "OSError: [Errno 30] Read-only file system: '/d/b.txt'\n"
        );
    }

    [Fact]
    public async Task An_overlay_keeps_changes_in_memory_and_a_read_write_mount_changes_the_folder()
    {
        var script = "Path('b.txt').write_text(open('a.txt').read() + '!')\nPath('b.txt').read_text()";
        (await RunAsync(script, "--mount", $"{folder.Path}::/d::overlay", "--cwd", "/d")).Output.ShouldBe("'hello!'\n");
        File.Exists(folder.File("b.txt")).ShouldBeFalse();
        (await RunAsync(script, "--mount", $"{folder.Path}::/d::rw::1kB", "--cwd", "/d")).Output.ShouldBe("'hello!'\n");
        (await File.ReadAllTextAsync(folder.File("b.txt"), TestContext.Current.CancellationToken)).ShouldBe("hello!");
        (
            await RunAsync("Path('b.txt').write_text('x' * 1001)", "--mount", $"{folder.Path}::/d::rw::1kB", "--cwd", "/d")
        ).Error.ShouldEndWith("OSError: [Errno 28] No space left on device: 'b.txt'\n");
    }

    [Fact]
    public async Task A_mount_without_a_host_folder_is_in_memory()
    {
        (await RunAsync("Path('/tmp/x').write_text('1')\nos.listdir('/tmp')", "--mount", "::/tmp")).Output.ShouldBe("['x']\n");
        (await RunAsync("Path('/tmp/x').write_text('x' * 1001)", "--mount", "::/tmp::memory::1kB")).Error.ShouldEndWith(
            "OSError: [Errno 28] No space left on device: '/tmp/x'\n"
        );
        (await RunAsync("1", "--mount", "::/tmp::::1kB")).Error.ShouldContain(
            "For a folder in memory write ::/tmp, or ::/tmp::memory::10MB to limit its size."
        );
    }

    [Fact]
    public async Task The_environment_has_only_the_given_variables() =>
        (await RunAsync("dict(os.environ)", "--env", "A=1", "--env", "B=x=y")).Output.ShouldBe("{'A': '1', 'B': 'x=y'}\n");

    [Fact]
    public async Task The_script_sees_the_clock_of_this_machine() =>
        (await RunAsync("from datetime import datetime\ndatetime.now().year >= 2025")).Output.ShouldBe("True\n");

    [Fact]
    public async Task Without_a_mount_all_files_are_denied() =>
        (await RunAsync("open('/etc/passwd')")).Error.ShouldEndWith("PermissionError: Permission denied: '/etc/passwd'\n");

    [Theory]
    [InlineData("--mount: 'data' is not a mount. Write HOST::VIRTUAL[::MODE[::LIMIT]]", "--mount", "data")]
    [InlineData("--mount: Cannot mount '/nowhere': the folder does not exist.", "--mount", "/nowhere::/d")]
    [InlineData("--mount: Cannot mount at 'd': the path is not absolute and normalized.", "--mount", "/::d")]
    [InlineData("--mount: '/::/d::x' has the unknown mode 'x'.", "--mount", "/::/d::x")]
    [InlineData("--mount: '::/d::rw' has the mode 'rw' and no host folder.", "--mount", "::/d::rw")]
    [InlineData("--mount: '/::/d::ro::1MB' sets a limit on writes, but the mode 'ro' does not allow writes.", "--mount", "/::/d::ro::1MB")]
    [InlineData("--mount: '1XB' cannot be read.", "--mount", "/::/d::rw::1XB")]
    [InlineData("Two mounts have the path /d. Change one of them.", "--mount", "::/d", "--mount", "::/d")]
    [InlineData("The mount at /d/e is inside the mount at /d.", "--mount", "::/d/e", "--mount", "::/d")]
    [InlineData("--cwd 'd' is not absolute and normalized.", "--cwd", "d")]
    [InlineData("--env: 'A' has no value. Write NAME=VALUE, such as LANG=C.", "--env", "A")]
    [InlineData("--env A is given twice. Remove one of them.", "--env", "A=1", "--env", "A=2")]
    public async Task Invalid_options_are_reported_on_one_line(string message, params string[] arguments)
    {
        var result = await RunAsync("1", arguments);

        result.ExitCode.ShouldBe(2);
        result.Error.ShouldStartWith($"error: {message}");
        result.Error.Count(c => c == '\n').ShouldBe(1);
    }

    private static Task<HostResult> RunAsync(string code, params string[] arguments) =>
        HostProcess.RunAsync(["-c", "import os\nfrom pathlib import Path\n" + code, .. arguments]);
}
