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
        var tool = ParseTool("""{"f": {"return": {"$tuple": [1]}, "async": true, "delay_ms": 20}}""");

        tool.IsAsync.ShouldBeTrue();
        tool.Answers.GetAnswer(Calls.Create("f", 5))
            .ShouldBe(new CannedAnswer(MontyAnswer.Return(new MontyTuple([1])), TimeSpan.FromMilliseconds(20)));
    }

    [Fact]
    public void A_constant_exception_is_raised_by_every_call() =>
        ParseTool("""{"f": {"raise": {"type": "ValueError", "message": "no"}}}""")
            .Answers.GetAnswer(Calls.Create("f"))
            .Answer.ShouldBe(MontyAnswer.Raise("ValueError", "no"));

    [Fact]
    public void The_first_case_with_matching_arguments_answers()
    {
        var tool = ParseTool(
            """{"f": {"by_arguments": [{"args": [1], "kwargs": {"b": 2, "a": "x"}, "return": 1}, {"kwargs": {}, "return": 2, "delay_ms": 5}], "delay_ms": 9}}"""
        );

        tool.Answers.GetAnswer(Calls.Create("f", 1).With("a", "x").With("b", 2.0))
            .ShouldBe(new CannedAnswer(One, TimeSpan.FromMilliseconds(9)));
        tool.Answers.GetAnswer(Calls.Create("f")).ShouldBe(new CannedAnswer(Two, TimeSpan.FromMilliseconds(5)));
        tool.Answers.GetAnswer(Calls.Create("f", 1).With("a", "x"))
            .Answer.ShouldBe(
                MontyAnswer.Raise("LookupError", "the tools file has no answer for f(1, a='x'); add an answer, or add 'otherwise' to f")
            );
    }

    [Fact]
    public void A_call_after_the_last_answer_in_order_raises()
    {
        var tool = ParseTool("""{"f": {"in_order": [{"return": 1}, {"return": 2}]}}""");

        tool.Answers.GetAnswer(Calls.Create("f")).Answer.ShouldBe(One);
        tool.Answers.GetAnswer(Calls.Create("f")).Answer.ShouldBe(Two);
        tool.Answers.GetAnswer(Calls.Create("f"))
            .Answer.ShouldBe(
                MontyAnswer.Raise(
                    "LookupError",
                    "the tools file has 2 answers for f, and this is call 3; add an answer, or add 'otherwise' to f"
                )
            );
    }

    [Theory]
    [InlineData("""{"f": {"in_order": [{"return": 2}], "otherwise": {"return": 1}}}""")]
    [InlineData("""{"f": {"by_arguments": [{"args": [true, false], "return": 2}], "otherwise": {"return": 1}}}""")]
    public void Otherwise_answers_all_other_calls(string json)
    {
        var tool = ParseTool(json);
        tool.Answers.GetAnswer(Calls.Create("f", true, false)).Answer.ShouldBe(Two);

        tool.Answers.GetAnswer(Calls.Create("f")).Answer.ShouldBe(One);
    }

    [Theory]
    [InlineData("[]", "t.json: expected an object with one key for each tool.")]
    [InlineData("{", "t.json is not valid JSON: line 1, column 2: ")]
    [InlineData("{} x", "t.json is not valid JSON: line 1, column 4: ")]
    [InlineData("{\"f\": {\"return\": 1}, \"f\": {\"return\": 2}}", "t.json is not valid JSON: ")]
    [InlineData(
        "{\"f\": 1}",
        "t.json: f: expected an object with the keys async, delay_ms, return, raise, by_arguments, in_order, otherwise."
    )]
    [InlineData("{\"f\": {}}", "t.json: f: a tool must have exactly one of return, raise, by_arguments and in_order, and this one has 0.")]
    [InlineData(
        "{\"f\": {\"return\": 1, \"raise\": {}}}",
        "t.json: f: a tool must have exactly one of return, raise, by_arguments and in_order, and this one has 2."
    )]
    [InlineData("{\"f\": {\"returns\": 1}}", "t.json: f: unknown key 'returns'. Use one of: async, ")]
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
        "t.json: f: 'otherwise' is only allowed together with by_arguments or in_order."
    )]
    [InlineData("{\"f\": {\"return\": {\"$set\": 1}}}", "t.json: f: 'return' is not a valid value: ")]
    [InlineData("{\"f\": {\"in_order\": []}}", "t.json: f: 'in_order' must be a list of at least one answer.")]
    [InlineData(
        "{\"f\": {\"in_order\": [{\"return\": 1}, {}]}}",
        "t.json: f.in_order[1]: an answer must have exactly one of return and raise."
    )]
    [InlineData(
        "{\"f\": {\"in_order\": [{\"args\": [1]}]}}",
        "t.json: f.in_order[0]: unknown key 'args'. Use one of: return, raise, delay_ms."
    )]
    [InlineData(
        "{\"f\": {\"by_arguments\": [{\"return\": 1}]}}",
        "t.json: f.by_arguments[0]: a case must have args, kwargs or both, which select the calls to answer. Use 'otherwise' for all other calls."
    )]
    [InlineData("{\"f\": {\"by_arguments\": [{\"args\": 1, \"return\": 1}]}}", "t.json: f.by_arguments[0]: 'args' must be a list.")]
    [InlineData(
        "{\"f\": {\"by_arguments\": [{\"kwargs\": [1], \"return\": 1}]}}",
        "t.json: f.by_arguments[0]: 'kwargs' must be an object whose keys are the names of keyword arguments, without duplicates."
    )]
    [InlineData(
        "{\"f\": {\"by_arguments\": [{\"kwargs\": {\"$dict\": [[\"a\", 1], [\"a\", 2]]}, \"return\": 1}]}}",
        "t.json: f.by_arguments[0]: 'kwargs' must be an object whose keys are the names of keyword arguments, without duplicates."
    )]
    [InlineData("{\"\\ud800\": {\"return\": 1}}", "t.json is not valid JSON: a string or key in it is not valid Unicode")]
    [InlineData("{\"f\": {\"\\ud800\": 1}}", "t.json is not valid JSON: a string or key in it is not valid Unicode")]
    [InlineData("{\"f\": {\"raise\": {\"type\": \"\\ud800\"}}}", "t.json is not valid JSON: a string or key in it is not valid Unicode")]
    [InlineData("{\"f\": {\"return\": {\"$bytes\": \"\\ud800\"}}}", "t.json: f: 'return' is not a valid value: ")]
    [InlineData("{\"f\": {\"raise\": \"ValueError\"}}", "t.json: f.raise: expected an object with the keys type, message.")]
    [InlineData(
        "{\"f\": {\"raise\": {\"message\": \"no\"}}}",
        "t.json: f.raise: 'type' is missing. Add the type of the Python exception to raise, such as ValueError."
    )]
    [InlineData(
        "{\"f\": {\"raise\": {\"type\": \"Oops\"}}}",
        "t.json: f.raise: The runtime does not know the exception type 'Oops'. Use one of: ArithmeticError, "
    )]
    [InlineData("{\"f\": {\"raise\": {\"type\": 5}}}", "t.json: f.raise: 'type' must be a string.")]
    [InlineData("{\"f\": {\"return\": \"\\ud800\"}}", "t.json: f: 'return' is not a valid value: ")]
    [InlineData(
        "{\"a b\": {\"return\": 1}}",
        "t.json: a b: the name of a tool must be a Python identifier that the runtime does not define itself."
    )]
    public void An_invalid_file_is_rejected_with_the_location_of_the_error(string json, string problem)
    {
        var exception = Should.Throw<BadInputException>(() => ToolsFile.Parse(json, "t.json"));

        exception.Message.ShouldStartWith(problem);
        exception.Message.ShouldNotContain("\n");
    }

    [Fact]
    public void The_file_in_the_documentation_is_valid()
    {
        using var page = new StreamReader(typeof(ToolsFileTests).Assembly.GetManifestResourceStream("run.md")!);
        var example = page.ReadToEnd().Split("```json\n")[1].Split("```")[0];

        var tools = ToolsFile.Parse(example, "run.md");

        tools.Select(t => t.Name).ShouldBe(["get_time", "weather", "book"]);
        tools[1].Answers.GetAnswer(Calls.Create("weather", "Rome").With("unit", "C")).Delay.ShouldBe(TimeSpan.FromMilliseconds(400));
    }

    private static CannedTool ParseTool(string json) => ToolsFile.Parse(json, "t.json").ShouldHaveSingleItem();
}
