using System.Collections.Concurrent;
using Monty.Actors.Tests.Engine.Files;
using Monty.Interop;
using Monty.Testing;
using Monty.Testing.Engine;
using Shouldly;
using Xunit;

namespace Monty.Actors.Tests.Engine;

/// <summary>Tests that use hundreds of megabytes. They run one at a time and not in parallel with other tests.</summary>
[CollectionDefinition(nameof(LargeValueTests), DisableParallelization = true)]
public sealed class LargeValues;

/// <summary>Tests that a value which is too large for any record fails only its feed or command.</summary>
[Collection(nameof(LargeValueTests))]
public sealed class LargeValueTests : LargeValueTest
{
    private static readonly SessionId Id = new("tenant", "session");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("'x' * 170_000_000")]
    [InlineData("ask('x' * 170_000_000)")]
    [InlineData("look('x' * 170_000_000)")]
    public async Task A_turn_with_a_text_that_is_too_long_for_JSON_fails_its_feed(string code)
    {
        var problems = new ConcurrentQueue<string>();
        await using var store = new MemoryStore();
        await using var engine = await MontyEngine.StartAsync(
            new MontyEngineOptions
            {
                Store = store,
                Tools = [DurableTool.External("ask"), DurableTool.Handled("look", (_, _) => new(1))],
                OnProblem = (message, _) => problems.Enqueue(message),
            },
            Token
        );
        await engine.RunAsync(Id, "x = 1", cancellationToken: Token);

        var failed = (await engine.RunAsync(Id, code, cancellationToken: Token)).ShouldBeOfType<FeedOutcome.Failed>();

        (failed.Origin, failed.Error.Type).ShouldBe((FailureOrigin.Limit, "RuntimeError"));
        failed
            .Error.Message.ShouldNotBeNull()
            .ShouldStartWith(
                "the events of the turn cannot be stored: The JSON cannot be written: the text at $ takes 170000000 characters"
            );
        (await engine.RunAsync(Id, "x", cancellationToken: Token)).ShouldBe(new FeedOutcome.Completed(1));
        problems.ShouldBeEmpty();
    }

    [Fact]
    public async Task Reading_a_large_file_of_control_characters_raises_an_OSError_that_the_script_catches()
    {
        using var folder = new TempFolder();
        foreach (var length in new[] { 199_000_000, 120_000_000 })
        {
            using var file = File.Create(folder.File($"{length}"));
            file.SetLength(length); // zeros, which take six characters each as JSON, and no space on the disk
        }

        await using var files = new FileEngine(_ => [MontyMount.ReadOnly(folder.Path, "/data")]);
        await files.StartAsync();

        var said = await files.RunAsync(
            """
            said = []
            for name in ['199000000', '120000000']:
                try:
                    said.append(len(Path('/data/' + name).read_text()))
                except OSError as error:
                    said.append(str(error))
            said
            """
        );

        said.ShouldBe(new MontyList(["[Errno 27] File too large: '/data/199000000'", "[Errno 27] File too large: '/data/120000000'"]));
        files.Problems.ShouldBeEmpty();
    }

    [Fact]
    public async Task An_answer_and_a_signal_that_are_too_long_for_JSON_are_refused()
    {
        await using var store = new MemoryStore();
        await using var engine = await MontyEngine.StartAsync(
            new MontyEngineOptions { Store = store, Tools = [DurableTool.External("ask")] },
            Token
        );
        await engine.SendAsync(Id, new OpenCommand("open", new SessionSetup()), Token);
        await engine.SendAsync(Id, new FeedCommand("feed", "ask()"), Token);
        MontyValue large = new string('x', MontyJson.MaxTextLength + 1);

        foreach (
            SessionCommand command in (SessionCommand[])
                [new AnswerCommand("a", 1, 0, MontyAnswer.Return(large)), new SignalCommand("s", "go", large)]
        )
        {
            var refused = (await engine.SendAsync(Id, command, Token)).ShouldBeOfType<SessionReply.Refused>();
            refused.Message.ShouldStartWith("The JSON cannot be written: the text at $ takes 166666667 characters");
        }

        await engine.SendAsync(Id, new AnswerCommand("a", 1, 0, MontyAnswer.Return("small")), Token);
        (await engine.EndAsync(Id)).ShouldBe(new FeedOutcome.Completed("small"));
    }
}
