using System.Diagnostics;
using FsCheck;
using FsCheck.Fluent;
using Monty.Interop.Tracebacks;
using Shouldly;
using Xunit;

namespace Monty.Interop.Tests.Errors;

/// <summary>The sandbox decides how large an error is: what is rendered of it is bounded, in size and in time.</summary>
public sealed class TracebackBoundsTests
{
    /// <summary>Far more than a linear reading takes, far less than a quadratic one.</summary>
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
        lines.Length.ShouldBeLessThanOrEqualTo(TracebackRenderer.MaxFrameLines + 1);
        lines.ShouldContain("  [1875 frames not shown]");
        lines[^1].ShouldBe("  [Previous line repeated 2 more times]");
    }

    [Fact]
    public void Frames_that_just_fit_are_all_shown() =>
        Lines([.. Enumerable.Range(1, TracebackRenderer.MaxFrameLines).Select(Frame)]).Length.ShouldBe(TracebackRenderer.MaxFrameLines);

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
        watch.Elapsed.ShouldBeLessThan(Patience);
    }

    [Fact]
    public void Deep_stack_of_long_lines_is_rendered_in_linear_time()
    {
        var preview = string.Concat(Enumerable.Repeat("f(a[", 25_000));
        var frames = Enumerable.Range(1, 20_001).Select(line => new PythonFrame("f", new(line, 1), new(line, 90_000), $"f{line}", preview));
        var watch = Stopwatch.StartNew();
        Lines([.. frames]).Length.ShouldBe(TracebackRenderer.MaxFrameLines + 1);
        watch.Elapsed.ShouldBeLessThan(Patience);
    }

    [Fact]
    public void Any_error_is_rendered_within_the_bounds() =>
        Prop.ForAll(
                Arb.From(Errors),
                error =>
                {
                    var traceback = error.Traceback;
                    traceback.ShouldNotContain(character => char.IsControl(character) && character != '\t' && character != '\n');
                    var lines = traceback[..^"E: m".Length].Split('\n');
                    lines.Length.ShouldBeLessThanOrEqualTo(TracebackRenderer.MaxFrameLines + 6);
                    lines.Max(line => line.EnumerateRunes().Count()).ShouldBeLessThanOrEqualTo(2 * TerminalText.MaxLineLength + 60);
                }
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    private static Gen<PythonError> Errors => from frames in Frames.ListOf() select new PythonError("E", "m", frames.ToEquatableArray());

    private static Gen<PythonFrame> Frames =>
        from start in Places
        from end in Gen.OneOf(Places, Gen.Constant(start), Places.Select(place => new SourceLocation(start.Line, place.Column)))
        from file in Text
        from function in Text.OrNull()
        from preview in Text.OrNull()
        from hideCaret in Gen.Frequency((4, Gen.Constant(false)), (1, Gen.Constant(true)))
        from hideFunction in Gen.Elements(true, false)
        select new PythonFrame(file, start, end, function, preview, hideCaret, hideFunction);

    private static Gen<SourceLocation> Places => from line in Number(4) from column in Number(60) select new SourceLocation(line, column);

    /// <summary>Pieces that make expressions, statements, broken strings and broken characters; now and then many of them.</summary>
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
