using Shouldly;
using Xunit;

namespace Monty.Interop.Tests.Errors;

public sealed class TracebackGoldenTests
{
    public static TheoryData<string> FramesOfCPython { get; } = new(TracebackGolden.Names("CPython"));

    public static TheoryData<string> FramesOfTheRuntime { get; } = new(TracebackGolden.Names("Runtime"));

    [Theory]
    [MemberData(nameof(FramesOfCPython))]
    public void Frames_of_CPython_are_rendered_as_CPython_does(string recording) => Check("CPython", recording);

    [Theory]
    [MemberData(nameof(FramesOfTheRuntime))]
    public void Frames_of_the_runtime_are_rendered_as_CPython_does_for_the_same_script(string recording) => Check("Runtime", recording);

    private static void Check(string origin, string recording)
    {
        var golden = TracebackGolden.Read(origin, recording);
        golden.Error.Traceback.ShouldBe(golden.Text);
    }
}
