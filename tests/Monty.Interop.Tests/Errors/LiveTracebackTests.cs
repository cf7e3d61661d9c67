using Monty.Testing;
using Shouldly;
using Xunit;

namespace Monty.Interop.Tests.Errors;

/// <summary>Runs the recorded scripts on the real runtime, so that the recordings stay up to date.</summary>
public sealed class LiveTracebackTests(RuntimeFixture runtime) : IClassFixture<RuntimeFixture>
{
    public static TheoryData<string, string> Recordings { get; } =
        new(from folder in new[] { "Runtime", "Differences" } from name in TracebackGolden.Names(folder) select (folder, name));

    [Theory]
    [MemberData(nameof(Recordings))]
    public async Task Script_fails_on_the_runtime_as_recorded(string folder, string recording)
    {
        var golden = TracebackGolden.Read(folder, recording);
        using var session = await runtime.OpenAsync(new SessionOptions { ScriptName = "main.py" });

        var failure = await Should.ThrowAsync<MontyScriptException>(() => session.FeedAsync(golden.Source).InTime());

        failure.Error.Frames.ShouldBe(golden.Error.Frames);
        failure.Traceback.ShouldBe(golden.Text);
        failure.Message.ShouldBe(failure.Error.TypeAndMessage);
        failure.Traceback.ShouldEndWith("\n" + failure.Message);
    }
}
