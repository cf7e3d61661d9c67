using Google.Protobuf;
using Monty.Interop.Wire;
using Monty.Testing;
using Shouldly;
using Xunit;

namespace Monty.Interop.Tests.Wire;

/// <summary>The runtime's refusal of a request is distinguished from every failure of a feed, whatever the text of the failure.</summary>
public sealed class ProtocolViolationTests(RuntimeFixture runtime) : IClassFixture<RuntimeFixture>
{
    private const string Text = "protocol violation: no feed is running";

    [Fact]
    public void An_error_without_frames_that_reports_a_protocol_violation_is_one() =>
        Decode(new RaisedException { ExcType = "RuntimeError", Message = Text })
            .ShouldBeOfType<ProtocolViolation>()
            .Reason.ShouldBe("no feed is running");

    [Fact]
    public void An_error_with_frames_belongs_to_the_script_whatever_its_text() =>
        Decode(
                new RaisedException
                {
                    ExcType = "RuntimeError",
                    Message = Text,
                    Traceback = { new StackFrame { Filename = "<python-input-0>" } },
                }
            )
            .ShouldBeOfType<MontyFailed>()
            .Origin.ShouldBe(FailureOrigin.Script);

    [Fact]
    public async Task A_script_that_raises_the_same_text_fails_and_its_session_continues()
    {
        using var session = await runtime.OpenAsync();

        var failed = await session.StartAsync($"x = 1\nraise RuntimeError('{Text}')").InTime();

        failed.ShouldBeOfType<MontyFailed>().Error.TypeAndMessage.ShouldBe($"RuntimeError: {Text}");
        (await session.FeedAsync("x").InTime()).Value.ShouldBe(new MontyInt(1));
    }

    private static MontyProgress Decode(RaisedException exception) =>
        ProgressDecoder.Decode(
            WorkerEvent.Parse(new ChildEvent { Error = new Error { Exception = exception } }.ToByteArray()),
            new FeedNames()
        );
}
