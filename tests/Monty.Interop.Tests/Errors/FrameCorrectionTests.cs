using Monty.Testing;
using Shouldly;
using Xunit;

namespace Monty.Interop.Tests.Errors;

/// <summary>Covers locations that the client must not correct because they may be right. The recordings contain the locations that it does correct.</summary>
public sealed class FrameCorrectionTests(RuntimeFixture runtime) : IClassFixture<RuntimeFixture>
{
    [Theory]
    [InlineData("x = fetch(1) + 1", "name 'other' is not defined", 5, 13, "        ~~~~~^^^")]
    [InlineData("x = await fetch(1) + 1", "name 'other' is not defined", 5, 19, "        ^^^^^^^^^^^^^^")]
    [InlineData("x = fetch + 1", "fetch is closed today", 5, 10, "        ^^^^^")]
    [InlineData("x = other(fetch) + 1", "name 'fetch' is not defined", 5, 17, "        ~~~~~^^^^^^^")]
    public void Error_about_another_name_may_be_that_of_a_tool(string line, string message, int start, int end, string carets) =>
        Show("NameError", message, Frame(line, start, end)).ShouldBe(["    " + line, carets]);

    [Theory]
    [InlineData("x = [1] + 1", 5, 8)]
    [InlineData("x.append(1)", 1, 12)]
    [InlineData("print(1, 2)", 1, 12)]
    public void Error_about_a_name_that_the_part_cannot_read_is_placed_nearby(string line, int start, int end) =>
        Show("NameError", "name 'total' is not defined", Frame(line, start, end))
            .ShouldBe(["    " + line, "  [The name is read near this line. The runtime does not report where.]"]);

    [Theory]
    [InlineData("IndexError", "x += d[k] + 1", 6, 10, "list index out of range", "         ~^^^")]
    [InlineData("TypeError", "x += 1 + 'a'", 6, 13, "unsupported operand type(s) for +: 'int' and 'str'", "         ~~^~~~~")]
    [InlineData("NameError", "x += y", 6, 7, "name 'y' is not defined", "         ^")]
    [InlineData("TypeError", "x = y", 5, 6, "made up", "        ^")]
    [InlineData("TypeError", "x[1] == y", 9, 10, "made up", "            ^")]
    [InlineData("TypeError", "f(x := y)", 8, 9, "made up", "           ^")]
    [InlineData("TypeError", "x += [*5]", 8, 9, "Value after * must be an iterable, not int", "         ^^^^")]
    [InlineData("ValueError", "x = [*int('x')]", 7, 15, "invalid literal", "          ~~~^^^^^")]
    [InlineData("TypeError", "x = {1: d[[]]}", 9, 14, "cannot use 'list' as a dict key (unhashable type: 'list')", "            ~^^^^")]
    [InlineData("TypeError", "x = {[] for i in y}", 6, 8, "cannot use 'list' as a set element (unhashable type: 'list')", "         ^^")]
    [InlineData("TypeError", "x = d[y]", 7, 8, "cannot use 'list' as a dict key (unhashable type: 'list')", "          ^")]
    [InlineData("TypeError", "def f(a=g()): pass", 9, 12, "g() missing 1 required positional argument: 'b'", "            ~^^")]
    [InlineData("TypeError", "f = lambda: 1 + g()", 17, 20, "g() takes 1 positional argument but 2 were given", "                    ~^^")]
    public void Part_that_fails_by_itself_keeps_its_carets(string type, string line, int start, int end, string message, string carets) =>
        Show(type, message, Frame(line, start, end)).ShouldBe(["    " + line, carets]);

    [Theory]
    [InlineData("ValueError", "no", "    raise ValueError('no')", 11, 27)]
    [InlineData("ValueError", "no", "    raise make('no')", 11, 21)]
    [InlineData("ValueError", "no", "    raise errors[0]", 11, 20)]
    [InlineData("KeyError", "no", "    raise e # again", 11, 12)]
    [InlineData("ValueError", "no", "    ValueError('no')", 5, 21)]
    [InlineData("AssertionError", "no", "    x == 1", 5, 11)]
    [InlineData("AssertionError", null, "    assert x == 1", 12, 18)]
    [InlineData("ModuleNotFoundError", "no", "    import no", 5, 14)]
    [InlineData("ImportError", "no", "    from a import no", 5, 21)]
    [InlineData("AttributeError", "'A' object has no attribute 'b'", "    a.b", 5, 8)]
    [InlineData("AttributeError", "closed", "    a.b.c(1)", 5, 13)]
    [InlineData("AttributeError", "'A' object has no attribute 'b'", "    getattr(a, b)", 5, 18)]
    public void Hidden_carets_that_the_statement_explains_get_no_remark(string type, string? message, string line, int start, int end) =>
        Show(type, message, Frame(line, start, end) with { HideCaret = true })
            .ShouldNotContain(shown => shown.StartsWith("  [", StringComparison.Ordinal));

    [Theory]
    [InlineData("IndexError", "    raise ValueError('no')", 11, 27)]
    [InlineData("IndexError", "    ValueError('no')", 5, 21)]
    [InlineData("IndexError", "    assert x == 1", 12, 18)]
    [InlineData("IndexError", "    import no", 5, 14)]
    [InlineData("IndexError", "    a.b", 5, 8)]
    [InlineData("AttributeError", "    a.c", 5, 8)]
    [InlineData("AttributeError", "    a.b + 1", 5, 12)]
    [InlineData("AttributeError", "    print(a.b)", 5, 15)]
    [InlineData("IndexError", "    return [1][2]", 12, 18)]
    [InlineData("IndexError", "    y = 2", 9, 10)]
    [InlineData("IndexError", "except KeyError as e:", 8, 16)]
    public void Hidden_carets_that_nothing_explains_may_be_the_end_of_a_block(string type, string line, int start, int end) =>
        Show(type, "'A' object has no attribute 'b'", Frame(line, start, end) with { HideCaret = true })
            .ShouldBe([
                "    " + line.TrimStart(),
                "  [The runtime may report the end of a try or with statement here, not the line that raised the error.]",
            ]);

    [Fact]
    public void A_missing_location_is_not_shown() =>
        new PythonError("NameError", "m", [new PythonFrame("<unknown>", new(1, 1), new(1, 1), "f", "")]).Traceback.ShouldBe(
            """
            Traceback (most recent call last):
              File "<unknown>", line ?, in f
            NameError: m
            """
        );

    [Fact]
    public void Part_of_many_lines_is_shown_alone_with_its_own_line_number()
    {
        var frame = new PythonFrame("main.py", new(4, 7), new(7, 14), "f", "a(\n  1\n)\n  .nope") with { HideCaret = true };
        new PythonError("AttributeError", "'int' object has no attribute 'nope'", [frame]).Traceback.ShouldBe(
            """
            Traceback (most recent call last):
              File "main.py", line 7, in f
                .nope
                 ^^^^
            AttributeError: 'int' object has no attribute 'nope'
            """
        );
    }

    [Fact]
    public void Only_the_innermost_frame_is_corrected()
    {
        var inner = Frame("1/0", 1, 4) with { FunctionName = "g" };
        var outer = Frame("y = 2", 5, 6) with { HideCaret = true };
        new PythonError("IndexError", "m", [outer, inner]).Traceback.ShouldNotContain("[");
    }

    [Theory]
    [InlineData("c.__exit__(1, 2, 3)", 1, 20, false)]
    [InlineData("with C() as c:", 6, 9, false)]
    [InlineData("y = 2", 5, 6, true)]
    [InlineData("print(2)", 1, 9, true)]
    public void Frame_that_leaves_a_with_statement_says_so(string line, int start, int end, bool isRemarked)
    {
        var exit = Frame("1/0", 1, 4) with { FunctionName = "__exit__" };
        new PythonError("IndexError", "m", [Frame(line, start, end), exit])
            .Traceback.Contains("\n  [__exit__ was called at the end of this line's block.]\n", StringComparison.Ordinal)
            .ShouldBe(isRemarked);
    }

    [Fact]
    public async Task Error_of_a_tool_is_placed_at_its_call()
    {
        var tool = MontyTool.Sync(
            "fetch",
            MontyValue (MontyFunctionCall _) => throw new PythonException("NameError", "name 'other' is not defined")
        );
        using var session = await runtime.OpenAsync();
        var failure = await Should.ThrowAsync<MontyScriptException>(() =>
            session.FeedAsync("x = fetch(1) + 1", new FeedOptions { ScriptName = "main.py", Tools = [tool] }).InTime()
        );
        failure.Traceback.ShouldBe(
            """
            Traceback (most recent call last):
              File "main.py", line 1, in <module>
                x = fetch(1) + 1
                    ~~~~~^^^
            NameError: name 'other' is not defined
            """
        );
    }

    private static string[] Show(string type, string? message, PythonFrame frame) =>
        new PythonError(type, message, [frame]).Traceback.Split('\n')[2..^1];

    private static PythonFrame Frame(string line, int start, int end) => new("main.py", new(1, start), new(1, end), "<module>", line);
}
