using Shouldly;
using Xunit;

namespace Monty.Interop.Tests.Errors;

/// <summary>Compares rendered tracebacks with recordings, for CPython's frames and for the frames that the runtime sends for the same scripts.</summary>
public sealed class TracebackGoldenTests
{
    public static TheoryData<string> FramesOfCPython { get; } = new(TracebackGolden.Names("CPython"));

    public static TheoryData<string> FramesOfTheRuntime { get; } = new(TracebackGolden.Names("Runtime"));

    public static TheoryData<string> Differences { get; } = new(TracebackGolden.Names("Differences"));

    [Theory]
    [MemberData(nameof(FramesOfCPython))]
    public void Frames_of_CPython_are_rendered_as_CPython_does(string recording)
    {
        var golden = TracebackGolden.Read("CPython", recording);
        golden.Error.Traceback.ShouldBe(golden.Text);
    }

    [Theory]
    [MemberData(nameof(FramesOfTheRuntime))]
    public void Frames_of_the_runtime_are_rendered_as_CPython_does_for_the_same_script(string recording)
    {
        var golden = TracebackGolden.Read("Runtime", recording);
        golden.Error.Traceback.ShouldBe(golden.Text);
    }

    [Theory]
    [MemberData(nameof(Differences))]
    public void Frames_that_cannot_be_rendered_as_CPython_does_are_rendered_as_recorded(string recording)
    {
        var golden = TracebackGolden.Read("Differences", recording);
        golden.Error.Traceback.ShouldBe(golden.Text);
        golden.Text.ShouldNotBe(golden.CPython);
    }
}
