using Shouldly;
using Xunit;

namespace Monty.Interop.Tests.Errors;

public sealed class TracebackGoldenTests
{
    public static TheoryData<string> Recordings { get; } = new(TracebackGolden.Names("CPython"));

    [Theory]
    [MemberData(nameof(Recordings))]
    public void Traceback_is_what_CPython_prints(string recording)
    {
        var golden = TracebackGolden.Read("CPython", recording);
        golden.Error.Traceback.ShouldBe(golden.Text);
    }
}
