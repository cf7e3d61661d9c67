using Monty.Interop.Tracebacks;
using Shouldly;
using Xunit;

namespace Monty.Interop.Tests.Errors;

/// <summary>Covers the last line of a traceback in the cases in which CPython does not simply print type and message.</summary>
public sealed class ExceptionLineTests
{
    [Theory]
    [InlineData("b", "'b'")]
    [InlineData("", "''")]
    [InlineData("it's", "\"it's\"")]
    [InlineData("a b", "'a b'")]
    [InlineData("user-1", "'user-1'")]
    [InlineData("2026-01-02", "'2026-01-02'")]
    [InlineData("/a/b", "'/a/b'")]
    [InlineData("007", "'007'")]
    [InlineData("0x1f", "'0x1f'")]
    [InlineData("1_000", "'1_000'")]
    [InlineData("--1", "'--1'")]
    [InlineData("1 2", "'1 2'")]
    [InlineData("none", "'none'")]
    [InlineData("'a'", "\"'a'\"")]
    [InlineData("B'a'", "\"B'a'\"")]
    [InlineData("(a)", "'(a)'")]
    [InlineData("(1, 2", "'(1, 2'")]
    [InlineData("f(1) + 1", "'f(1) + 1'")]
    [InlineData("<a", "'<a'")]
    [InlineData("a\n\u001b[31m\u202e", "'a\\n\\x1b[31m\\u202e'")]
    [InlineData("1", "1")]
    [InlineData("0", "0")]
    [InlineData("-12", "-12")]
    [InlineData("1.5", "1.5")]
    [InlineData("0.5", "0.5")]
    [InlineData("-1e+300", "-1e+300")]
    [InlineData("inf", "inf")]
    [InlineData("nan", "nan")]
    [InlineData("None", "None")]
    [InlineData("True", "True")]
    [InlineData("Ellipsis", "Ellipsis")]
    [InlineData("b'a'", "b'a'")]
    [InlineData("()", "()")]
    [InlineData("(1,)", "(1,)")]
    [InlineData("((1, 2), 'a')", "((1, 2), 'a')")]
    [InlineData("range(0, 3)", "range(0, 3)")]
    [InlineData("frozenset({1})", "frozenset({1})")]
    [InlineData("datetime.date(2026, 1, 2)", "datetime.date(2026, 1, 2)")]
    [InlineData("<class 'int'>", "<class 'int'>")]
    [InlineData("'popitem(): dictionary is empty'", "'popitem(): dictionary is empty'")]
    public void Key_that_the_source_does_not_show_is_quoted_unless_it_reads_as_another_value(string message, string shown) =>
        Format("KeyError", message, Frame("x = d[k]", 5, 9)).ShouldBe("KeyError: " + shown);

    [Theory]
    [InlineData("x = d[\"1\"]", 5, 11)]
    [InlineData("x = d['1' '2']", 5, 15)]
    [InlineData("x = d[rf'{1}']", 5, 15)]
    [InlineData("x = d[(k)]['1']", 5, 16)]
    [InlineData("d.pop('1')", 1, 11)]
    [InlineData("s.remove('1')", 1, 14)]
    public void Key_that_is_written_as_a_str_is_quoted(string line, int start, int end) =>
        Format("KeyError", "1", Frame(line, start, end)).ShouldBe("KeyError: '1'");

    [Theory]
    [InlineData("x = d[1]", 5, 9)]
    [InlineData("x = d[b'1']", 5, 12)]
    [InlineData("x = d['1' + k]", 5, 15)]
    [InlineData("x = d['1'][k]", 5, 14)]
    [InlineData("x = d['1', 2]", 5, 14)]
    [InlineData("get('1')", 1, 9)]
    [InlineData("d.get('1')", 1, 11)]
    [InlineData("x = ['1']", 5, 10)]
    [InlineData("x = d[]", 5, 8)]
    [InlineData("'1'", 1, 4)]
    public void Key_that_is_not_written_as_a_str_is_not_quoted(string line, int start, int end) =>
        Format("KeyError", "1", Frame(line, start, end)).ShouldBe("KeyError: 1");

    [Theory]
    [InlineData("raise KeyError('1')", 7, "KeyError: '1'")]
    [InlineData("raise KeyError(str(k)) from e", 7, "KeyError: '1'")]
    [InlineData("raise e", 7, "KeyError: 1")]
    [InlineData("x = KeyError('1')", 5, "KeyError: 1")]
    public void Key_that_a_script_raises_is_a_str(string line, int start, string shown) =>
        Format(
                "KeyError",
                "1",
                Frame(line, start, line.Contains(" from", StringComparison.Ordinal) ? 23 : line.Length + 1) with
                {
                    HideCaret = true,
                }
            )
            .ShouldBe(shown);

    [Fact]
    public void Key_that_the_host_raises_is_a_str() => Format("KeyError", "1").ShouldBe("KeyError: '1'");

    [Fact]
    public void Key_that_is_missing_itself_leaves_the_type() => Format("KeyError", null).ShouldBe("KeyError");

    [Fact]
    public void Key_of_any_length_costs_no_more_than_its_message()
    {
        var longest = new string('\0', TerminalText.MaxMessageLength);
        Format("KeyError", longest).Length.ShouldBe("KeyError: ''".Length + 4 * longest.Length);
        Format("KeyError", longest + "k").ShouldBe($"KeyError: {longest}k");
        new PythonError("KeyError", longest + "k").Traceback.ShouldEndWith("\\x00… [1 more characters not shown]");
    }

    [Theory]
    [InlineData("json.JSONDecodeError", "m", "json.decoder.JSONDecodeError: m")]
    [InlineData("FrozenInstanceError", "m", "dataclasses.FrozenInstanceError: m")]
    [InlineData("FrozenInstanceError", null, "dataclasses.FrozenInstanceError")]
    [InlineData("re.PatternError", "m", "re.PatternError: m")]
    [InlineData("binascii.Error", "m", "binascii.Error: m")]
    [InlineData("io.UnsupportedOperation", "m", "io.UnsupportedOperation: m")]
    [InlineData("SyntaxError", "m", "SyntaxError: m")]
    [InlineData("SyntaxError", "", "SyntaxError: <no detail available>")]
    [InlineData("SyntaxError", null, "SyntaxError: <no detail available>")]
    [InlineData("ValueError", "", "ValueError")]
    [InlineData("ValueError", " ", "ValueError:  ")]
    [InlineData("ValueError", "a\nb\n", "ValueError: a\nb\n")]
    public void Type_and_message_are_those_of_CPython(string type, string? message, string shown)
    {
        Format(type, message).ShouldBe(shown);
        new PythonError(type, message).ToString().ShouldBe(shown);
    }

    private static string Format(string type, string? message, params PythonFrame[] frames)
    {
        var error = new PythonError(type, message, frames.ToEquatableArray());
        if (message is not { Length: > TerminalText.MaxMessageLength })
        {
            error.Traceback.Split("  File").Last().ShouldEndWith(error.TypeAndMessage);
        }

        return error.TypeAndMessage;
    }

    private static PythonFrame Frame(string line, int start, int end) => new("main.py", new(1, start), new(1, end), "<module>", line);
}
