using Monty.Host.Cli;
using Monty.Host.Tests.Support;
using Monty.Interop;
using Shouldly;
using Xunit;

namespace Monty.Host.Tests.Cli;

public sealed class AnswerPromptTests
{
    [Theory]
    [InlineData("{\"$tuple\": [1, null]}", "(1, None)")]
    [InlineData("{'a': (1, None)}", "{'a': (1, None)}")]
    [InlineData("true", "True")]
    [InlineData("True", "True")]
    [InlineData("'text'", "'text'")]
    [InlineData("1e3", "1000.0")]
    public async Task Answers_are_JSON_or_Python(string typed, string value)
    {
        var (answer, _) = await AskAsync(typed + "\n");

        answer.ShouldNotBeNull().ToString().ShouldBe(value);
    }

    [Fact]
    public async Task The_question_shows_the_call_with_its_arguments()
    {
        var (_, shown) = await AskAsync("1\n");

        shown.ShouldBe(
            "[call] ask('\\x1b', k=2) has no tool. Enter the result in JSON or Python, or press Ctrl-D to leave the name undefined.\n> "
        );
    }

    [Theory]
    [InlineData("nonsense here")]
    [InlineData("")]
    [InlineData("{\"$tuple\": 1}")]
    [InlineData("\u001b[31m")]
    public async Task The_question_is_repeated_after_an_answer_that_cannot_be_read(string typed)
    {
        var (answer, shown) = await AskAsync(typed + "\n42\n");

        answer.ShouldBe(new MontyInt(42));
        shown.ShouldContain("\n> The answer cannot be read: ");
        shown.ShouldContain("Enter a value such as 42, \"text\" or {\"key\": [1, 2]}.\n> ");
        shown.ShouldNotContain("\u001b");
    }

    [Fact]
    public async Task The_end_of_the_input_returns_null()
    {
        var (answer, shown) = await AskAsync("bad bad\n");

        answer.ShouldBeNull();
        shown.ShouldEndWith("> \n");
    }

    [Fact]
    public async Task Canceling_a_question_does_not_wait_for_the_terminal()
    {
        using var never = new BlockedReader();
        using var cancellation = new CancellationTokenSource();
        var asked = new AnswerPrompt(never, TextWriter.Null).AskAsync(Calls.Create("ask"), cancellation.Token);

        await cancellation.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(asked);
    }

    private static async Task<(MontyValue? Answer, string Shown)> AskAsync(string typed)
    {
        using var shown = new StringWriter { NewLine = "\n" };
        var answer = await new AnswerPrompt(new StringReader(typed), shown).AskAsync(
            Calls.Create("ask", "\u001b").With("k", 2),
            TestContext.Current.CancellationToken
        );
        return (answer, shown.ToString());
    }

    /// <summary>A reader that blocks until the test is over, like a terminal without input.</summary>
#pragma warning disable CA2213 // The reading thread disposes the event after it is set.
    private sealed class BlockedReader : TextReader
    {
        private readonly ManualResetEventSlim released = new();

        public override string? ReadLine()
        {
            released.Wait();
            released.Dispose();
            return null;
        }

        protected override void Dispose(bool disposing)
        {
            released.Set();
            base.Dispose(disposing);
        }
    }
#pragma warning restore CA2213
}
