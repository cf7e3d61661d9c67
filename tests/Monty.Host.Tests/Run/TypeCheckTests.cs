using Monty.Host.Tests.Support;
using Monty.Testing;
using Shouldly;
using Xunit;

namespace Monty.Host.Tests.Run;

public sealed class TypeCheckTests
{
    [Fact]
    public async Task Errors_are_shown_and_the_script_does_not_run()
    {
        var result = await HostProcess.RunAsync("--type-check", "-c", "print('ran')\nf()\nx: int = 'text'", "--tool", "f=1");

        result.ExitCode.ShouldBe(1);
        result.Output.ShouldBeEmpty();
        result.Error.ShouldBe(
            """
            <string>:3:10: error[invalid-assignment] Object of type `Literal["text"]` is not assignable to `int`
                x: int = 'text'
                         ^^^^^^
            error: The type check found 1 error, so nothing ran.

            """
        );
    }

    [Fact]
    public async Task Stubs_declare_the_parameters_and_results_of_tools()
    {
        using var folder = new TempFolder();
        var stubs = folder.Write("tools.pyi", "def fetch(url: str) -> bytes: ...\n");

        var wrong = await HostProcess.RunAsync("--type-check", "--stubs", stubs, "--tool", "fetch={\"$bytes\": \"\"}", "-c", "fetch(5)");
        var right = await HostProcess.RunAsync("--type-check", "--stubs", stubs, "--tool", "fetch={\"$bytes\": \"\"}", "-c", "fetch('x')");

        wrong.ExitCode.ShouldBe(1);
        wrong.Error.ShouldContain("<string>:1:7: error[invalid-argument-type]");
        right.Output.ShouldBe("b''\n");
    }

    [Fact]
    public async Task Tools_without_stubs_accept_and_return_any_type()
    {
        using var folder = new TempFolder();
        var stubs = folder.Write("tools.pyi", "def fetch(url: str) -> bytes: ...");

        var result = await HostProcess.RunAsync(
            "--type-check",
            "--stubs",
            stubs,
            "--tool",
            "other=1",
            "--async-tool",
            "later=2",
            "-c",
            "async def main() -> int:\n    return other(1, k=2) + await later()\nawait main()"
        );

        result.ErrorWithoutCalls.ShouldBeEmpty();
        result.Output.ShouldBe("3\n");
    }

    [Fact]
    public async Task A_call_of_an_asynchronous_tool_that_is_not_awaited_is_an_error()
    {
        string[] tool = ["--async-tool", "pay=1"];

        var wrong = await HostProcess.RunAsync(["--type-check", "-c", "print('ran')\npay()", .. tool]);
        var right = await HostProcess.RunAsync(["--type-check", "-c", "await pay()", .. tool]);

        wrong.ExitCode.ShouldBe(1);
        wrong.Output.ShouldBeEmpty();
        wrong.Error.ShouldContain("<string>:2:1: warning[unused-awaitable]");
        wrong.Error.ShouldContain("error: A call of an asynchronous tool is not awaited and would do nothing, so nothing ran. Await it.\n");
        right.Output.ShouldBe("1\n");
    }

    [Fact]
    public async Task An_undeclared_function_is_an_error()
    {
        var result = await HostProcess.RunAsync("--type-check", "-c", "fetch(1)");

        result.ExitCode.ShouldBe(1);
        result.Error.ShouldContain("error[unresolved-reference] Name `fetch` used when not defined");
    }

    [Fact]
    public async Task Inputs_are_declared_with_their_types()
    {
        var result = await HostProcess.RunAsync("--type-check", "-c", "count + 'text'", "--input", "count=1");

        result.ExitCode.ShouldBe(1);
        result.Error.ShouldContain("error[unsupported-operator]");
    }

    [Fact]
    public async Task A_warning_is_shown_and_the_script_runs()
    {
        var result = await HostProcess.RunAsync("--type-check", "-c", "x = 1  # type: ignore\nx");

        result.ExitCode.ShouldBe(0);
        result.Output.ShouldBe("1\n");
        result.Error.ShouldContain("<string>:1:8: warning[unused-type-ignore-comment]");
    }

    [Fact]
    public async Task Invalid_stubs_are_rejected()
    {
        using var folder = new TempFolder();
        var stubs = folder.Write("tools.pyi", "def fetch(");

        var result = await HostProcess.RunAsync("--type-check", "--stubs", stubs, "-c", "1");

        result.ExitCode.ShouldBe(2);
        result.Error.ShouldStartWith("error: The stubs are broken");
    }
}
