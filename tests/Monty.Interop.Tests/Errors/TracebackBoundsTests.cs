using System.Diagnostics;
using FsCheck;
using FsCheck.Fluent;
using Monty.Interop.Tracebacks;
using Shouldly;
using Xunit;

namespace Monty.Interop.Tests.Errors;

/// <summary>An error of the sandbox can have any size. The size of its rendered text, and the time to render it, are limited.</summary>
public sealed class TracebackBoundsTests
{
    /// <summary>Far more time than a linear algorithm needs, and far less than a quadratic one.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Fact]
    public void Repeated_frames_are_counted_and_those_of_another_line_are_not()
    {
        PythonFrame[] frames = [.. Enumerable.Repeat(Frame(1), 5), .. Enumerable.Repeat(Frame(2), 4), Frame(1)];
        Lines(frames)
            .ShouldBe([
                .. Enumerable.Repeat(Heading(1), 3),
                "  [Previous line repeated 2 more times]",
                .. Enumerable.Repeat(Heading(2), 3),
                "  [Previous line repeated 1 more time]",
                Heading(1),
            ]);
    }

    [Fact]
    public void Frames_in_the_middle_are_counted_when_there_are_too_many()
    {
        var lines = Lines([.. Enumerable.Range(1, 1000).Select(Frame)]);
        lines.ShouldBe([
            .. Enumerable.Range(1, 50).Select(Heading),
            "  [900 frames not shown]",
            .. Enumerable.Range(951, 50).Select(Heading),
        ]);
    }

    [Fact]
    public void Hidden_frames_are_counted_with_their_repeats()
    {
        var deep = Enumerable.Range(1, 400).SelectMany(line => Enumerable.Repeat(Frame(line), 5));
        var lines = Lines([.. deep]);
        lines.Length.ShouldBeLessThanOrEqualTo(FrameStack.MaxLines + 1);
        lines.ShouldContain("  [1875 frames not shown]");
        lines[^1].ShouldBe("  [Previous line repeated 2 more times]");
    }

    [Fact]
    public void Frames_that_just_fit_are_all_shown() =>
        Lines([.. Enumerable.Range(1, FrameStack.MaxLines).Select(Frame)]).Length.ShouldBe(FrameStack.MaxLines);

    [Fact]
    public void Long_line_is_cut_and_keeps_the_carets_that_are_left_of_the_cut()
    {
        var preview = "x = 1/0 + " + new string('y', 5_000);
        var lines = Lines([new PythonFrame("f", new(1, 5), new(1, 8), "f", preview)]);
        lines[1].ShouldBe("    " + preview[..TerminalText.MaxLineLength] + "…");
        lines[2].ShouldBe("        ~^~");
    }

    [Fact]
    public void Carets_behind_the_cut_are_omitted()
    {
        var preview = new string('y', 5_000) + " + 1/0";
        Lines([new PythonFrame("f", new(1, 5_004), new(1, 5_007), "f", preview)]).Length.ShouldBe(2);
    }

    [Fact]
    public void Preview_that_is_too_long_shows_its_first_line_without_carets()
    {
        var preview = "  f(1) + 1\n" + new string('y', SourceExcerpt.MaxPreviewLength);
        Lines([new PythonFrame("f", new(1, 3), new(1, 7), "f", preview)]).ShouldBe(["  File \"f\", line 1, in f", "    f(1) + 1"]);
    }

    [Fact]
    public void Long_message_is_cut_between_characters_with_a_mark()
    {
        var message = new string('m', TerminalText.MaxMessageLength - 1) + "😀" + new string('z', 8);
        new PythonError("E", message).Traceback.ShouldBe(
            "E: " + message[..(TerminalText.MaxMessageLength - 1)] + "… [10 more characters not shown]"
        );
    }

    [Theory]
    [InlineData("(", "")]
    [InlineData("(", ")")]
    [InlineData("f(", ")")]
    [InlineData("a[", "]")]
    [InlineData("f'{", "")]
    [InlineData("f'{x:{", "}}'")]
    [InlineData("-", "")]
    [InlineData("1+", "")]
    [InlineData("2**", "")]
    [InlineData("lambda:", "")]
    [InlineData("x:", "")]
    [InlineData("\"\"\"", "")]
    [InlineData("'", "")]
    [InlineData("#\n", "")]
    [InlineData("\\", "")]
    [InlineData(")", "(")]
    [InlineData("😀", "")]
    public void Hostile_source_is_read_in_linear_time_and_without_recursion(string opening, string closing)
    {
        const int Repeats = 100_000;
        var expression = string.Concat(Enumerable.Repeat(opening, Repeats)) + "1" + string.Concat(Enumerable.Repeat(closing, Repeats));
        var watch = Stopwatch.StartNew();
        CaretAnchors.Find(expression);
        Indentation.FindRemoved([expression, expression], expression.Length, expression.Length);
        new PythonError("KeyError", expression).Traceback.Length.ShouldBeGreaterThan(Repeats);
        watch.Elapsed.ShouldBeLessThan(Patience);
    }

    [Theory]
    [InlineData("(", ")")]
    [InlineData("[", "]")]
    [InlineData("{", "}")]
    [InlineData("f(", ")")]
    [InlineData("a.b(", ")")]
    [InlineData("x += ", "")]
    [InlineData("x;", "")]
    [InlineData("x:", "")]
    [InlineData("*", "")]
    [InlineData(".a", "")]
    [InlineData("raise ", "")]
    [InlineData("f'{", "")]
    public void Hostile_statement_is_corrected_in_linear_time(string opening, string closing)
    {
        var repeats = SourceExcerpt.MaxPreviewLength / (opening.Length + closing.Length + 1);
        var before = string.Concat(Enumerable.Repeat(opening, repeats));
        var preview = before + "1" + string.Concat(Enumerable.Repeat(closing, repeats));
        var watch = Stopwatch.StartNew();
        foreach (var (type, message) in Failures)
        {
            for (var end = preview.Length; end > before.Length; end = end / 2)
            {
                var frame = new PythonFrame("f", new(1, before.Length + 1), new(1, end + 1), "f", preview);
                Bound(new PythonError(type, message, [frame]));
                Bound(new PythonError(type, message, [frame with { HideCaret = true }]));
                Bound(new PythonError(type, message, [frame with { Start = new(1, 1) }]));
            }
        }

        watch.Elapsed.ShouldBeLessThan(Patience);
    }

    [Theory]
    [InlineData(40_000, false)]
    [InlineData(15_000, false)]
    [InlineData(15_000, true)]
    public void Long_line_that_failed_gets_no_more_carets_than_it_shows(int length, bool isSyntaxError)
    {
        var preview = "f('" + new string('日', length) + "')";
        var frame = new PythonFrame("f", new(1, 1), new(1, preview.Length + 1), "f", preview, HideFunctionName: isSyntaxError);
        var lines = Bound(new PythonError("E", "m", [frame]));
        lines.Max(line => line.Length).ShouldBeLessThanOrEqualTo(2 * TerminalText.MaxLineLength + "    ".Length);
    }

    [Fact]
    public void Deep_stack_of_long_lines_is_rendered_in_linear_time()
    {
        var preview = string.Concat(Enumerable.Repeat("f(a[", 25_000));
        var frames = Enumerable.Range(1, 20_001).Select(line => new PythonFrame("f", new(line, 1), new(line, 90_000), $"f{line}", preview));
        var watch = Stopwatch.StartNew();
        Lines([.. frames]).Length.ShouldBe(FrameStack.MaxLines + 1);
        watch.Elapsed.ShouldBeLessThan(Patience);
    }

    [Fact]
    public void Any_error_is_rendered_within_the_bounds() =>
        Prop.ForAll(Arb.From(Errors), error => Bound(error)).Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    /// <summary>Checks the limits of the text above the last line, and returns its lines.</summary>
    private static string[] Bound(PythonError error)
    {
        var traceback = error.Traceback;
        traceback.ShouldNotContain(character => char.IsControl(character) && character != '\t' && character != '\n');
        var lines = traceback[..^ExceptionLine.FormatForTerminal(error).Length].Split('\n');
        lines.Length.ShouldBeLessThanOrEqualTo(FrameStack.MaxLines + 6);
        lines.Max(line => line.EnumerateRunes().Count()).ShouldBeLessThanOrEqualTo(2 * TerminalText.MaxLineLength + 60);
        foreach (var (above, line) in lines.Zip(lines.Skip(1)))
        {
            if (line.Contains('^', StringComparison.Ordinal) && line.AsSpan().IndexOfAnyExcept(" \t~^") < 0)
            {
                line.Length.ShouldBeLessThanOrEqualTo(Columns(above) + 1, "carets go no further than the line above them");
            }
        }

        return lines;
    }

    private static int Columns(string line) => line.EnumerateRunes().Sum(rune => WideCharacters.Contains(rune.Value) ? 2 : 1);

    /// <summary>Types and messages for which the location of the failure is corrected.</summary>
    private static (string Type, string Message)[] Failures { get; } =
    [
        ("E", "m"),
        ("KeyError", "1"),
        ("NameError", "name 'a' is not defined"),
        ("UnboundLocalError", "cannot access local variable 'x' where it is not associated with a value"),
        ("AttributeError", "'int' object has no attribute 'a'"),
        ("AssertionError", "m"),
        ("ImportError", "m"),
        ("ValueError", "m"),
        ("TypeError", "f() missing 1 required positional argument: 'a'"),
        ("TypeError", "unsupported operand type(s) for +=: 'int' and 'str'"),
        ("TypeError", "cannot use 'list' as a dict key (unhashable type: 'list')"),
        ("TypeError", "Value after * must be an iterable, not int"),
    ];

    private static Gen<PythonError> Errors =>
        from frames in Frames.ListOf()
        from failure in Gen.Elements(Failures)
        select new PythonError(failure.Type, failure.Message, frames.ToEquatableArray());

    private static Gen<PythonFrame> Frames =>
        from start in Places
        from end in Gen.OneOf(Places, Gen.Constant(start), Places.Select(place => new SourceLocation(start.Line, place.Column)))
        from file in Text
        from function in Gen.Frequency((8, Text.OrNull()), (1, Gen.Constant("__exit__")))
        from preview in Text.OrNull()
        from hideCaret in Gen.Frequency((4, Gen.Constant(false)), (1, Gen.Constant(true)))
        from hideFunction in Gen.Elements(true, false)
        select new PythonFrame(file, start, end, function, preview, hideCaret, hideFunction);

    private static Gen<SourceLocation> Places => from line in Number(4) from column in Number(60) select new SourceLocation(line, column);

    /// <summary>Parts of expressions, statements, unclosed strings and invalid characters, sometimes many of them.</summary>
    private static Gen<string> Text =>
        from repeats in Gen.Frequency((9, Gen.Constant(1)), (1, Gen.Choose(1, 400)))
        from pieces in Gen.Elements(
                "a",
                "1",
                "f(",
                ")",
                "x[",
                "]",
                "{",
                "}",
                "'",
                "\"\"\"",
                "f'{",
                ":",
                "+",
                "-",
                "**",
                "/",
                " ",
                "    ",
                "\t",
                "\n",
                "\r",
                "\\",
                "#",
                ".",
                ",",
                "=",
                "return ",
                "raise ",
                "import ",
                "await ",
                "def ",
                "class ",
                "assert ",
                "getattr(",
                "ValueError(",
                "+=",
                ";",
                "lambda ",
                "not ",
                "x = f(1)",
                "...<1 lines>...",
                "日",
                "😀",
                "\u0301",
                "\ud83d",
                "\udc00",
                "\0",
                "\u001b[31m",
                "\u0085",
                "\u202e",
                "\f"
            )
            .ListOf()
        select string.Concat(Enumerable.Repeat(string.Concat(pieces), repeats));

    private static Gen<int> Number(int usual) =>
        Gen.Frequency((20, Gen.Choose(1, usual)), (1, Gen.Elements(0, -1, int.MinValue, int.MaxValue, 1_001, 70_000)));

    private static PythonFrame Frame(int line) => new("main.py", new(line, 1), new(line, 2), "f");

    private static string Heading(int line) => $"  File \"main.py\", line {line}, in f";

    /// <summary>The lines between the header and the message.</summary>
    private static string[] Lines(PythonFrame[] frames) =>
        new PythonError("E", "m", frames.ToEquatableArray()).Traceback.Split('\n')[1..^1];
}
