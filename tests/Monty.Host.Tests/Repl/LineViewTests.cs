using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Monty.Host.Cli.Repl.Editing;
using Shouldly;
using Xunit;

namespace Monty.Host.Tests.Repl;

public sealed class LineViewTests
{
    [Theory]
    [InlineData("abc", 3, ">>> abc", 0, 7)]
    [InlineData("abc", 0, ">>> abc", 0, 4)]
    [InlineData("abcdef", 6, ">>> abcdef", 1, 0)]
    [InlineData("abcdefg", 7, ">>> abcdef/g", 1, 1)]
    [InlineData("abcdefg", 1, ">>> abcdef/g", 0, 5)]
    [InlineData("日本語x", 4, ">>> 日本語/x", 1, 1)]
    [InlineData("x日本語", 4, ">>> x日本/語", 1, 2)]
    [InlineData("e\u0301x", 2, ">>> e\u0301x", 0, 5)]
    [InlineData("a\u001bb", 3, ">>> a\ufffdb", 0, 7)]
    public void A_long_line_is_drawn_on_several_rows(string text, int cursor, string rows, int row, int column)
    {
        var screen = new Screen(10);
        screen.Write(new LineView(">>> ", 10).Draw(new EditedLine(text, cursor)));

        screen.Text.TrimEnd('/').ShouldBe(rows);
        (screen.Row, screen.Column).ShouldBe((row, column));
    }

    [Fact]
    public void Drawing_a_line_replaces_the_previous_line() =>
        Prop.ForAll(
                Lines().ToArbitrary(),
                lines =>
                {
                    var screen = new Screen(10);
                    var view = new LineView(">>> ", 10);
                    screen.Write("before\r\n");
                    foreach (var line in lines)
                    {
                        screen.Write(view.Draw(line));
                        var alone = new Screen(10);
                        alone.Write("before\r\n" + new LineView(">>> ", 10).Draw(line));
                        screen.Text.TrimEnd('/').ShouldBe(alone.Text.TrimEnd('/'));
                        (screen.Row, screen.Column).ShouldBe((alone.Row, alone.Column));
                    }
                }
            )
            .QuickCheckThrowOnFailure();

    private static Gen<EditedLine[]> Lines() =>
        Gen.Elements("abc日本é ".ToCharArray())
            .ArrayOf()
            .SelectMany(text => Gen.Choose(0, text.Length).Select(cursor => new EditedLine(new string(text), cursor)))
            .ArrayOf();

    /// <summary>A fake terminal with the control sequences that the view uses.</summary>
    private sealed class Screen(int width)
    {
        private readonly List<List<string>> rows =
        [
            [],
        ];

        public int Row { get; private set; }

        public int Column { get; private set; }

        /// <summary>The rows, separated by slashes. The second column of a wide character is empty.</summary>
        public string Text => string.Join('/', rows.Select(r => string.Concat(r)));

        public void Write(string output)
        {
            for (var at = 0; at < output.Length; )
            {
                var rune = Rune.GetRuneAt(output, at);
                at += rune.Utf16SequenceLength;
                switch (rune.Value)
                {
                    case '\r':
                        Column = 0;
                        break;
                    case '\n':
                        Row++;
                        if (Row == rows.Count)
                        {
                            rows.Add([]);
                        }

                        break;
                    case '\e':
                        var end = at + 1;
                        while (!char.IsAsciiLetter(output[end]))
                        {
                            end++;
                        }

                        Control(
                            output[end],
                            output[(at + 1)..end] is { Length: > 0 } number
                                ? int.Parse(number, System.Globalization.CultureInfo.InvariantCulture)
                                : 0
                        );
                        at = end + 1;
                        break;
                    case '\u0301':
                        rows[Row][Column - 1] += rune;
                        break;
                    default:
                        Put(rune.ToString(), rune.Value >= 0x3000 && rune.Value < 0xfff0 ? 2 : 1);
                        break;
                }
            }
        }

        private void Control(char command, int number)
        {
            switch (command)
            {
                case 'A':
                    Row -= number;
                    break;
                case 'C':
                    Column += number;
                    break;
                case 'J':
                    rows[Row].RemoveRange(Math.Min(Column, rows[Row].Count), rows[Row].Count - Math.Min(Column, rows[Row].Count));
                    rows.RemoveRange(Row + 1, rows.Count - Row - 1);
                    break;
                default:
                    throw new InvalidOperationException($"The fake terminal does not support the control sequence {command}.");
            }
        }

        private void Put(string text, int columns)
        {
            (Column + columns).ShouldBeLessThanOrEqualTo(width, "the view must begin a new row before this character");
            while (rows[Row].Count < Column + columns)
            {
                rows[Row].Add("");
            }

            rows[Row][Column] = text;
            if (columns == 2)
            {
                rows[Row][Column + 1] = "";
            }

            Column += columns;
        }
    }
}
