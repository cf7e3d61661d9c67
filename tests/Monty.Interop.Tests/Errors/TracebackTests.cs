using Shouldly;
using Xunit;

namespace Monty.Interop.Tests.Errors;

/// <summary>Covers cases that do not occur in CPython: the runtime's own kinds of frames, and text that would control a terminal.</summary>
public sealed class TracebackTests
{
    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public void Error_without_message_and_frames_is_its_type(string? message) =>
        new PythonError("MemoryError", message).Traceback.ShouldBe("MemoryError");

    [Fact]
    public void Error_without_frames_has_no_header() =>
        new PythonError("TimeoutError", "time limit exceeded").Traceback.ShouldBe("TimeoutError: time limit exceeded");

    [Fact]
    public void Message_of_many_lines_keeps_them() =>
        new PythonError("AssertionError", "m\nassert 1 == 2\n").Traceback.ShouldBe("AssertionError: m\nassert 1 == 2\n");

    [Fact]
    public void Refused_syntax_is_a_frame_without_a_function() =>
        Traceback(Frame("x = 1j + 2", 5, 7) with { FunctionName = null })
            .ShouldBe(
                """
                Traceback (most recent call last):
                  File "main.py", line 1
                    x = 1j + 2
                        ^^
                E: m
                """
            );

    [Fact]
    public void Frame_without_source_is_one_line() =>
        Traceback(new PythonFrame("main.py", new(3, 1), new(3, 2), "f"))
            .ShouldBe(
                """
                Traceback (most recent call last):
                  File "main.py", line 3, in f
                E: m
                """
            );

    [Fact]
    public void Hidden_carets_are_shown_below_a_statement_that_shares_its_line() =>
        Traceback(Frame("    if x: raise Error", 17, 22) with { HideCaret = true })
            .ShouldBe(
                """
                Traceback (most recent call last):
                  File "main.py", line 1, in f
                    if x: raise Error
                          ^^^^^^^^^^^
                E: m
                """
            );

    [Fact]
    public void Hidden_carets_of_an_outer_frame_stay_hidden() =>
        Traceback(Frame("    if x: raise ValueError", 17, 27) with { HideCaret = true }, Frame("f()", 1, 4) with { FileName = "b.py" })
            .ShouldBe(
                """
                Traceback (most recent call last):
                  File "main.py", line 1, in f
                    if x: raise ValueError
                  File "b.py", line 1, in f
                    f()
                    ~^^
                E: m
                """
            );

    [Fact]
    public void Lines_that_the_runtime_left_out_hide_the_operator_so_all_carets_are_the_same() =>
        Traceback(Frame("x = 1 + f(\n...<3 lines>...\n)", 13, 6, lines: 5))
            .ShouldBe(
                """
                Traceback (most recent call last):
                  File "main.py", line 1, in f
                    x = 1 + f(
                            ^^
                    ...<3 lines>...
                    )
                    ^
                E: m
                """
            );

    [Fact]
    public void Call_of_many_lines_that_is_all_of_an_assignment_has_no_carets() =>
        Traceback(Frame("x = f(\n...<3 lines>...\n)", 5, 2, lines: 5))
            .ShouldBe(
                """
                Traceback (most recent call last):
                  File "main.py", line 1, in f
                    x = f(
                    ...<3 lines>...
                    )
                E: m
                """
            );

    [Theory]
    [InlineData("(1, (1,\n(1), 1))", 9, 8, "two amounts of removed indentation fit")]
    [InlineData("f(1,\n2)", 9, 2, "no amount fits")]
    [InlineData("f(1)", 3, 99, "the end is past the line")]
    [InlineData("f(1)", -5, 2, "the start is before the line")]
    [InlineData("f(1)", 3, 3, "nothing failed")]
    public void Carets_that_cannot_be_placed_are_omitted(string preview, int start, int end, string reason)
    {
        var lines = preview.Split('\n');
        var shown = string.Join("\n", lines.Select(line => $"    {line}"));
        Traceback(Frame(preview, start, end, lines.Length))
            .ShouldBe($"Traceback (most recent call last):\n  File \"main.py\", line 1, in f\n{shown}\nE: m", reason);
    }

    [Fact]
    public void Syntax_error_at_the_end_of_a_line_is_marked_behind_it() =>
        Traceback(SyntaxFrame("x = 1 +\ny = 2", 12, 1, lines: 2))
            .ShouldBe(
                """
                  File "main.py", line 1
                    x = 1 +
                           ^
                E: m
                """
            );

    [Fact]
    public void Syntax_error_of_many_lines_is_marked_to_the_end_of_the_first() =>
        Traceback(SyntaxFrame("  x = '''abc\ndef", 9, 6, lines: 2))
            .ShouldBe(
                """
                  File "main.py", line 1
                    x = '''abc
                        ^^^^^^
                E: m
                """
            );

    [Fact]
    public void Syntax_error_at_the_end_of_the_source_is_one_caret() =>
        Traceback(SyntaxFrame("    2", 6, 6))
            .ShouldBe(
                """
                  File "main.py", line 1
                    2
                     ^
                E: m
                """
            );

    [Fact]
    public void Syntax_error_on_an_empty_line_shows_no_source() =>
        Traceback(SyntaxFrame("", 1, 1)).ShouldBe("  File \"main.py\", line 1\nE: m");

    [Fact]
    public void Syntax_error_below_other_frames_ends_their_traceback() =>
        Traceback(Frame("f()", 1, 4), SyntaxFrame("x = = 1", 5, 6))
            .ShouldBe(
                """
                Traceback (most recent call last):
                  File "main.py", line 1, in f
                    f()
                    ~^^
                  File "main.py", line 1
                    x = = 1
                        ^
                E: m
                """
            );

    [Fact]
    public void Control_characters_are_escaped_and_the_carets_follow() =>
        Traceback(Frame("'\u001b[2J\u007f\u009b\r' + 1/0", 13, 16) with { FileName = "a\u0007\nb", FunctionName = "\u001b]0;x" })
            .ShouldBe(
                """
                Traceback (most recent call last):
                  File "a\x07\x0ab", line 1, in \x1b]0;x
                    '\x1b[2J\x7f\x9b\x0d' + 1/0
                                            ~^~
                E: m
                """
            );

    [Fact]
    public void Control_characters_of_a_syntax_error_are_escaped_and_the_carets_follow() =>
        Traceback(SyntaxFrame("\f\u001b\t= = 1", 5, 6))
            .ShouldBe("  File \"main.py\", line 1\n" + "    \\x1b\t= = 1\n" + "        \t ^\n" + "E: m");

    [Fact]
    public void Control_characters_of_a_message_are_escaped_but_for_tabs_and_line_feeds() =>
        new PythonError("E\u001b", "a\tb\nc\u001b[31m\r\0 \u0085 😀é\ud800").Traceback.ShouldBe(
            "E\\x1b: a\tb\nc\\x1b[31m\\x0d\\x00 \\x85 😀é\\ud800"
        );

    [Fact]
    public void Marks_that_end_or_reorder_a_line_are_escaped_everywhere() =>
        new PythonError(
            "E\u2066",
            "m\u2028\u202e\u2069",
            [Frame("'\u202e\u2029' + 1/0", 8, 11) with { FileName = "a\u202eb", FunctionName = "f\u2067" }]
        ).Traceback.ShouldBe(
            """
            Traceback (most recent call last):
              File "a\u202eb", line 1, in f\u2067
                '\u202e\u2029' + 1/0
                                 ~^~
            E\u2066: m\u2028\u202e\u2069
            """
        );

    [Fact]
    public void Marks_that_belong_to_words_stay() =>
        Traceback(Frame("'\u200f\u200d\u0301' + 1/0", 9, 12)).ShouldContain("    '\u200f\u200d\u0301' + 1/0\n");

    private static string Traceback(params PythonFrame[] frames) => new PythonError("E", "m", frames.ToEquatableArray()).Traceback;

    private static PythonFrame Frame(string preview, int start, int end, int lines = 1) =>
        new("main.py", new(1, start), new(lines, end), "f", preview);

    private static PythonFrame SyntaxFrame(string preview, int start, int end, int lines = 1) =>
        Frame(preview, start, end, lines) with
        {
            FunctionName = null,
            HideFunctionName = true,
        };
}
