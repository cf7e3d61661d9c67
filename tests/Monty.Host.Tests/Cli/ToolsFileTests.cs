using Monty.Host.Cli;
using Monty.Host.Cli.Tools;
using Monty.Host.Tests.Support;
using Monty.Interop;
using Shouldly;
using Xunit;

namespace Monty.Host.Tests.Cli;

public sealed class ToolsFileTests
{
    private static readonly MontyAnswer One = MontyAnswer.Return(1);
    private static readonly MontyAnswer Two = MontyAnswer.Return(2);

    [Fact]
    public void A_constant_answers_every_call()
    {
        var tool = Only("""{"f": {"return": {"$tuple": [1]}, "async": true, "delay_ms": 20}}""");

        tool.IsAsync.ShouldBeTrue();
        tool.Answers.For(Calls.Of("f", 5))
            .ShouldBe(new CannedAnswer(MontyAnswer.Return(new MontyTuple([1])), TimeSpan.FromMilliseconds(20)));
    }

    [Fact]
    public void An_error_is_raised_at_every_call() =>
        Only("""{"f": {"raise": {"type": "ValueError", "message": "no"}}}""")
            .Answers.For(Calls.Of("f"))
            .Answer.ShouldBe(MontyAnswer.Raise("ValueError", "no"));

    [Fact]
    public void The_first_case_with_these_arguments_answers()
    {
        var tool = Only(
            """{"f": {"by_arguments": [{"args": [1], "kwargs": {"b": 2, "a": "x"}, "return": 1}, {"kwargs": {}, "return": 2, "delay_ms": 5}], "delay_ms": 9}}"""
        );

        tool.Answers.For(Calls.Of("f", 1).With("a", "x").With("b", 2.0)).ShouldBe(new CannedAnswer(One, TimeSpan.FromMilliseconds(9)));
        tool.Answers.For(Calls.Of("f")).ShouldBe(new CannedAnswer(Two, TimeSpan.FromMilliseconds(5)));
        tool.Answers.For(Calls.Of("f", 1).With("a", "x"))
            .Answer.ShouldBe(MontyAnswer.Raise("LookupError", "the tools file has no answer for f(1, a='x'); add it, or 'otherwise' to f"));
    }

    [Fact]
    public void Answers_in_order_run_out()
    {
        var tool = Only("""{"f": {"in_order": [{"return": 1}, {"return": 2}]}}""");

        tool.Answers.For(Calls.Of("f")).Answer.ShouldBe(One);
        tool.Answers.For(Calls.Of("f")).Answer.ShouldBe(Two);
        tool.Answers.For(Calls.Of("f"))
            .Answer.ShouldBe(
                MontyAnswer.Raise("LookupError", "the tools file has 2 answers for f, and this is call 3; add it, or 'otherwise' to f")
            );
    }

    [Theory]
    [InlineData("""{"f": {"in_order": [{"return": 2}], "otherwise": {"return": 1}}}""")]
    [InlineData("""{"f": {"by_arguments": [{"args": [true, false], "return": 2}], "otherwise": {"return": 1}}}""")]
    public void Otherwise_answers_the_rest(string json)
    {
        var tool = Only(json);
        tool.Answers.For(Calls.Of("f", true, false)).Answer.ShouldBe(Two);

        tool.Answers.For(Calls.Of("f")).Answer.ShouldBe(One);
    }

    [Theory]
    [InlineData("[]", "t.json: an object was expected, with one key for each tool.")]
    [InlineData("{", "t.json is not readable JSON: line 1, column 2: ")]
    [InlineData("{} x", "t.json is not readable JSON: line 1, column 4: ")]
    [InlineData("{\"f\": {\"return\": 1}, \"f\": {\"return\": 2}}", "t.json is not readable JSON: ")]
    [InlineData("{\"f\": 1}", "t.json: f: an object was expected, with async, delay_ms, return, raise, by_arguments, in_order, otherwise.")]
    [InlineData("{\"f\": {}}", "t.json: f: exactly one of return, raise, by_arguments and in_order says what it answers, and there are 0.")]
    [InlineData(
        "{\"f\": {\"return\": 1, \"raise\": {}}}",
        "t.json: f: exactly one of return, raise, by_arguments and in_order says what it answers, and there are 2."
    )]
    [InlineData("{\"f\": {\"returns\": 1}}", "t.json: f: unknown key 'returns'. Known here: async, ")]
    [InlineData("{\"f\": {\"return\": 1, \"async\": \"yes\"}}", "t.json: f: 'async' must be true or false.")]
    [InlineData(
        "{\"f\": {\"return\": 1, \"delay_ms\": -1}}",
        "t.json: f: 'delay_ms' must be a whole number of milliseconds from 0 to 86400000."
    )]
    [InlineData(
        "{\"f\": {\"return\": 1, \"delay_ms\": 1.5}}",
        "t.json: f: 'delay_ms' must be a whole number of milliseconds from 0 to 86400000."
    )]
    [InlineData(
        "{\"f\": {\"return\": 1, \"otherwise\": {\"return\": 1}}}",
        "t.json: f: 'otherwise' goes with by_arguments or in_order only."
    )]
    [InlineData("{\"f\": {\"return\": {\"$set\": 1}}}", "t.json: f: 'return' is no value: ")]
    [InlineData("{\"f\": {\"in_order\": []}}", "t.json: f: 'in_order' must be a list of answers, with one at least.")]
    [InlineData("{\"f\": {\"in_order\": [{\"return\": 1}, {}]}}", "t.json: f.in_order[1]: exactly one of return and raise is needed.")]
    [InlineData(
        "{\"f\": {\"in_order\": [{\"args\": [1]}]}}",
        "t.json: f.in_order[0]: unknown key 'args'. Known here: return, raise, delay_ms."
    )]
    [InlineData(
        "{\"f\": {\"by_arguments\": [{\"return\": 1}]}}",
        "t.json: f.by_arguments[0]: args, kwargs or both say which calls it answers; for all others there is 'otherwise'."
    )]
    [InlineData("{\"f\": {\"by_arguments\": [{\"args\": 1, \"return\": 1}]}}", "t.json: f.by_arguments[0]: 'args' must be a list.")]
    [InlineData(
        "{\"f\": {\"by_arguments\": [{\"kwargs\": [1], \"return\": 1}]}}",
        "t.json: f.by_arguments[0]: 'kwargs' must be an object with the names of keyword arguments, each once."
    )]
    [InlineData(
        "{\"f\": {\"by_arguments\": [{\"kwargs\": {\"$dict\": [[\"a\", 1], [\"a\", 2]]}, \"return\": 1}]}}",
        "t.json: f.by_arguments[0]: 'kwargs' must be an object with the names of keyword arguments, each once."
    )]
    [InlineData("{\"\\ud800\": {\"return\": 1}}", "t.json is not readable JSON: a text or key in it is not valid Unicode")]
    [InlineData("{\"f\": {\"\\ud800\": 1}}", "t.json is not readable JSON: a text or key in it is not valid Unicode")]
    [InlineData("{\"f\": {\"raise\": {\"type\": \"\\ud800\"}}}", "t.json is not readable JSON: a text or key in it is not valid Unicode")]
    [InlineData("{\"f\": {\"return\": {\"$bytes\": \"\\ud800\"}}}", "t.json: f: 'return' is no value: ")]
    [InlineData("{\"f\": {\"raise\": \"ValueError\"}}", "t.json: f.raise: an object was expected, with type, message.")]
    [InlineData(
        "{\"f\": {\"raise\": {\"message\": \"no\"}}}",
        "t.json: f.raise: 'type' is missing: the Python exception to raise, such as ValueError."
    )]
    [InlineData(
        "{\"f\": {\"raise\": {\"type\": \"Oops\"}}}",
        "t.json: f.raise: The runtime does not know the exception type 'Oops'. Use one of: ArithmeticError, "
    )]
    [InlineData("{\"f\": {\"raise\": {\"type\": 5}}}", "t.json: f.raise: 'type' must be a text.")]
    [InlineData("{\"f\": {\"return\": \"\\ud800\"}}", "t.json: f: 'return' is no value: ")]
    [InlineData(
        "{\"a b\": {\"return\": 1}}",
        "t.json: a b: a tool's name must be a Python identifier that the runtime does not define itself."
    )]
    public void What_is_not_by_the_format_is_refused_with_its_place(string json, string problem)
    {
        var refused = Should.Throw<BadInputException>(() => ToolsFile.Parse(json, "t.json"));

        refused.Message.ShouldStartWith(problem);
        refused.Message.ShouldNotContain("\n");
    }

    [Fact]
    public void The_file_in_the_documentation_is_by_the_format()
    {
        using var page = new StreamReader(typeof(ToolsFileTests).Assembly.GetManifestResourceStream("run.md")!);
        var example = page.ReadToEnd().Split("```json\n")[1].Split("```")[0];

        var tools = ToolsFile.Parse(example, "run.md");

        tools.Select(t => t.Name).ShouldBe(["get_time", "weather", "book"]);
        tools[1].Answers.For(Calls.Of("weather", "Rome").With("unit", "C")).Delay.ShouldBe(TimeSpan.FromMilliseconds(400));
    }

    private static CannedTool Only(string json) => ToolsFile.Parse(json, "t.json").ShouldHaveSingleItem();
}
