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

        shown.ShouldBe("[call] ask('\\x1b', k=2) has no tool. Answer it in JSON or Python; Ctrl-D leaves the name undefined.\n> ");
    }

    [Theory]
    [InlineData("nonsense here")]
    [InlineData("")]
    [InlineData("{\"$tuple\": 1}")]
    [InlineData("\u001b[31m")]
    public async Task An_answer_that_cannot_be_read_is_asked_for_again(string typed)
    {
        var (answer, shown) = await AskAsync(typed + "\n42\n");

        answer.ShouldBe(new MontyInt(42));
        shown.ShouldContain("\n> That is no value: ");
        shown.ShouldContain("Try again, such as 42, \"text\" or {\"key\": [1, 2]}.\n> ");
        shown.ShouldNotContain("\u001b");
    }

    [Fact]
    public async Task The_end_of_the_input_is_no_answer()
    {
        var (answer, shown) = await AskAsync("bad bad\n");

        answer.ShouldBeNull();
        shown.ShouldEndWith("> \n");
    }

    [Fact]
    public async Task A_cancelled_question_is_not_waited_for()
    {
        using var never = new BlockedReader();
        using var cancellation = new CancellationTokenSource();
        var asked = new AnswerPrompt(never, TextWriter.Null).AskAsync(Calls.Of("ask"), cancellation.Token);

        await cancellation.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(asked);
    }

    private static async Task<(MontyValue? Answer, string Shown)> AskAsync(string typed)
    {
        using var shown = new StringWriter { NewLine = "\n" };
        var answer = await new AnswerPrompt(new StringReader(typed), shown).AskAsync(
            Calls.Of("ask", "\u001b").With("k", 2),
            TestContext.Current.CancellationToken
        );
        return (answer, shown.ToString());
    }

    /// <summary>A terminal where nobody types, until the test is over.</summary>
#pragma warning disable CA2213 // The reading thread disposes of the event, after it was set.
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
