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
                "the events of the turn cannot be stored: the change has at least 170000002 bytes, and the store accepts at most 67108864"
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
    public async Task Writing_a_file_of_sixty_million_wide_characters_fails_its_feed_and_changes_no_file()
    {
        using var folder = new TempFolder();
        await using var files = new FileEngine(_ => [MontyMount.InMemory("/work"), MontyMount.ReadWrite(folder.Path, "/data")]);
        await files.StartAsync();

        foreach (var path in (string[])["/work/a", "/data/a"])
        {
            (await files.FailAsync($"Path('{path}').write_text('€' * 60_000_000)")).ShouldStartWith(
                "RuntimeError: the events of the turn cannot be stored: the change has at least 1800000"
            );
        }

        (await files.RunAsync("(os.listdir('/work'), os.listdir('/data'))")).ToString().ShouldBe("([], [])");
        files.Problems.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_command_with_a_hundred_megabytes_is_refused_without_building_anything_from_it()
    {
        await using var store = new MemoryStore();
        await using var engine = await MontyEngine.StartAsync(
            new MontyEngineOptions { Store = store, Tools = [DurableTool.External("ask")] },
            Token
        );
        await engine.FeedAsync(Id, "ask()");
        var text = new string('x', 100_000_000);
        MontyValue large = text;
        SessionCommand[] commands =
        [
            new AnswerCommand("a", 1, 0, MontyAnswer.Return(large)),
            new AnswerCommand("b", 1, 0, MontyAnswer.Raise("ValueError", text)),
            new SignalCommand("s", "go", large),
            new FeedCommand("f", text),
            new FeedCommand("i", "x", [KeyValuePair.Create("x", large)]),
            new FeedCommand("feed", "x", [KeyValuePair.Create("x", large)]), // an id that was used
        ];
        var before = GC.GetTotalAllocatedBytes(precise: true);

        foreach (var command in commands)
        {
            (await engine.SendAsync(Id, command, Token)).ShouldBeOfType<SessionReply.Refused>().Reason.ShouldBe(SessionRefusal.TooLarge);
        }

        (GC.GetTotalAllocatedBytes(precise: true) - before).ShouldBeLessThan(20_000_000);
        await engine.SendAsync(Id, new AnswerCommand("c", 1, 0, MontyAnswer.Return("small")), Token);
        (await engine.EndAsync(Id)).ShouldBe(new FeedOutcome.Completed("small"));
    }

    [Theory]
    [InlineData("'x' * 100_000_000", 1)]
    [InlineData("ask('x' * 100_000_000)", 2)] // the interpreter holds the value as well, and is dumped
    public async Task A_turn_with_a_hundred_megabytes_fails_its_feed_and_allocates_at_most_twice_its_values(string code, int values)
    {
        await using var store = new MemoryStore();
        await using var engine = await MontyEngine.StartAsync(
            new MontyEngineOptions { Store = store, Tools = [DurableTool.External("ask")] },
            Token
        );
        await engine.RunAsync(Id, "x = 1", cancellationToken: Token);
        const long Value = 2 * 100_000_000; // in UTF-16
        var before = GC.GetTotalAllocatedBytes(precise: true);

        var failed = (await engine.RunAsync(Id, code, cancellationToken: Token)).ShouldBeOfType<FeedOutcome.Failed>();

        (GC.GetTotalAllocatedBytes(precise: true) - before).ShouldBeLessThan(2 * Value * values);
        failed.Origin.ShouldBe(FailureOrigin.Limit);
    }

    [Fact]
    public async Task A_handlers_answer_of_a_hundred_megabytes_raises_at_its_call_and_nothing_is_built_from_it()
    {
        await using var store = new MemoryStore();
        MontyValue large = new string('x', 100_000_000);
        await using var engine = await MontyEngine.StartAsync(
            new MontyEngineOptions { Store = store, Tools = [DurableTool.Handled("read", (_, _) => new(large))] },
            Token
        );
        await engine.RunAsync(Id, "x = 1", cancellationToken: Token);
        var before = GC.GetTotalAllocatedBytes(precise: true);

        var outcome = await engine.RunAsync(Id, "try:\n    read()\nexcept RuntimeError as e:\n    s = str(e)\ns", cancellationToken: Token);

        (GC.GetTotalAllocatedBytes(precise: true) - before).ShouldBeLessThan(20_000_000);
        outcome.ShouldBe(
            new FeedOutcome.Completed(
                "the host's answer cannot be stored: the change has at least 100000002 bytes, and the store accepts at most 67108864"
            )
        );
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
            refused.Reason.ShouldBe(SessionRefusal.TooLarge);
            refused.Message.ShouldStartWith("The command cannot be stored: the change has at least 166666669 bytes");
        }

        await engine.SendAsync(Id, new AnswerCommand("a", 1, 0, MontyAnswer.Return("small")), Token);
        (await engine.EndAsync(Id)).ShouldBe(new FeedOutcome.Completed("small"));
    }
}
