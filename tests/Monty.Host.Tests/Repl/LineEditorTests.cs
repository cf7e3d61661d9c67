using System.Collections.Immutable;
using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Monty.Host.Cli.Repl.Editing;
using Shouldly;
using Xunit;

namespace Monty.Host.Tests.Repl;

public sealed class LineEditorTests
{
    private static readonly string[] Words = ["print", "property", "price", "ü1", ":help", ":history"];

    [Theory]
    [InlineData("abc", "abc|")]
    [InlineData("abc <left> <left>X", "aX|bc")]
    [InlineData("abc <home>X", "X|abc")]
    [InlineData("abc ^aX", "X|abc")]
    [InlineData("abc ^a ^f ^fX", "abX|c")]
    [InlineData("abc ^b ^bX ^eY", "aXbcY|")]
    [InlineData("abc <backspace>", "ab|")]
    [InlineData("abc ^h", "ab|")]
    [InlineData("abc <home> <delete>", "|bc")]
    [InlineData("abc <home> ^d", "|bc")]
    [InlineData("abc <left> ^k", "ab|")]
    [InlineData("abc <left> ^u", "|c")]
    [InlineData("one.two ^w", "one.|")]
    [InlineData("one(two) ^w", "one(|")]
    [InlineData("one.two ^<left> ^<left>X", "X|one.two")]
    [InlineData("one.two <home> ^<right>X", "oneX|.two")]
    [InlineData("one.two !b !b !fX", "oneX|.two")]
    [InlineData("<left> <backspace> ^w ^u <right> <delete> ^kx", "x|")]
    [InlineData("日本 <left>x", "日x|本")]
    [InlineData("👨‍👩‍👧é <left> <backspace>", "|é")]
    [InlineData("<escape>a", "a|")]
    public void Keys_edit_the_line(string keys, string expected)
    {
        var line = Type(keys).Line;

        line.Text.Insert(line.Cursor, "|").ShouldBe(expected);
    }

    [Theory]
    [InlineData("<up>", "third|")]
    [InlineData("<up> <up>", "second|")]
    [InlineData("<up> <up> <up> <up> <up>", "first|")]
    [InlineData("draft <up> <down>", "draft|")]
    [InlineData("draft <up> <up> <down> <down> <down>", "draft|")]
    [InlineData("draft ^p ^p ^n", "third|")]
    [InlineData("<up>! <up> <down>", "third|")]
    public void Earlier_lines_are_recalled_and_the_draft_is_kept(string keys, string expected)
    {
        var line = Type(keys, "first", "second", "third").Line;

        line.Text.Insert(line.Cursor, "|").ShouldBe(expected);
    }

    [Theory]
    [InlineData("<tab>", "    |", "")]
    [InlineData("pri <tab>", "pri|", "price print")]
    [InlineData("prin <tab>", "print|", "")]
    [InlineData("x=pro <tab>", "x=property|", "")]
    [InlineData("prope) <left> <tab>", "property|)", "")]
    [InlineData("ü <tab>", "ü1|", "")]
    [InlineData("nope <tab>", "nope|", "")]
    [InlineData("print <tab>", "print|", "")]
    [InlineData("x.pr <tab>", "x.pr|", "")]
    [InlineData("( <tab>", "(|", "")]
    [InlineData(": <tab>", ":h|", "")]
    [InlineData(":he <tab>", ":help|", "")]
    [InlineData("pri <tab> <left>", "pr|i", "")]
    public void Tab_completes_the_common_prefix_of_the_candidates(string keys, string expected, string choices)
    {
        var editor = Type(keys);

        editor.Line.Text.Insert(editor.Line.Cursor, "|").ShouldBe(expected);
        string.Join(' ', editor.Choices).ShouldBe(choices);
    }

    [Theory]
    [InlineData("x <left> <enter>", LineOutcome.Entered)]
    [InlineData("x ^c", LineOutcome.Abandoned)]
    [InlineData("^d", LineOutcome.EndOfInput)]
    [InlineData("x ^d", LineOutcome.Editing)]
    public void Enter_and_control_keys_end_the_line(string keys, object outcome) => Type(keys).Outcome.ShouldBe((LineOutcome)outcome);

    [Fact]
    public void After_any_keys_the_cursor_is_between_text_elements() =>
        Prop.ForAll(
                Presses().ToArbitrary(),
                keys =>
                {
                    var editor = LineEditor.Begin(["first 👨‍👩‍👧", "日本 x"]);
                    foreach (var key in keys)
                    {
                        editor = editor.Press(key, _ => Words);
                        editor.Line.Cursor.ShouldBeInRange(0, editor.Line.Text.Length);
                        if (editor.Line.Cursor > 0)
                        {
                            editor.Line.Left().Cursor.ShouldBeLessThan(editor.Line.Cursor);
                        }

                        if (editor.Line.Cursor < editor.Line.Text.Length)
                        {
                            editor.Line.Right().Cursor.ShouldBeGreaterThan(editor.Line.Cursor);
                        }

                        // A combining mark joins the character before it, and deleting a character can join its neighbors. The cursor may be
                        // inside a text element then.
                        if (keys.Any(k => char.IsSurrogate(k.KeyChar) || k.KeyChar is '\u0301' or '\u200d'))
                        {
                            continue;
                        }

                        StringInfo
                            .ParseCombiningCharacters(editor.Line.Text)
                            .Append(editor.Line.Text.Length)
                            .ShouldContain(editor.Line.Cursor);
                        if (editor.Line.Cursor > 0)
                        {
                            editor.Line.Left().Delete().Text.ShouldBe(editor.Line.Backspace().Text);
                        }
                    }
                }
            )
            .QuickCheckThrowOnFailure();

    [Fact]
    public void Typing_and_deleting_a_character_restores_the_line() =>
        Prop.ForAll(
                Presses().ToArbitrary(),
                keys =>
                {
                    var line = keys.Aggregate(LineEditor.Begin([]), (editor, key) => editor.Press(key, _ => Words)).Line;
                    line.Insert("x").Backspace().Text.ShouldBe(line.Text);
                    line.DeleteToStart().Text.ShouldBe(line.Text[line.Cursor..]);
                    line.DeleteToEnd().Text.ShouldBe(line.Text[..line.Cursor]);
                }
            )
            .QuickCheckThrowOnFailure();

    /// <summary>Presses keys, which spaces may separate.</summary>
    /// <remarks>A key is a character, a name such as <c>&lt;left&gt;</c>, <c>^x</c> for Ctrl-X or <c>!x</c> for Alt-X.</remarks>
    private static LineEditor Type(string keys, params string[] history)
    {
        var editor = LineEditor.Begin([.. history]);
        foreach (var word in keys.Split(' '))
        {
            for (var at = 0; at < word.Length; )
            {
                var modifier = word[at] switch
                {
                    '^' when at + 1 < word.Length => ConsoleModifiers.Control,
                    '!' when at + 1 < word.Length => ConsoleModifiers.Alt,
                    _ => ConsoleModifiers.None,
                };
                if (modifier != ConsoleModifiers.None)
                {
                    at++;
                }

                var end = word[at] == '<' ? word.IndexOf('>', at) + 1 : at + 1;
                editor = editor.Press(Key(word[at..end], modifier), start => Words.Where(w => w[0] == start[0]));
                at = end;
            }
        }

        return editor;
    }

    private static ConsoleKeyInfo Key(string name, ConsoleModifiers modifiers)
    {
        var key = name switch
        {
            "<left>" => ConsoleKey.LeftArrow,
            "<right>" => ConsoleKey.RightArrow,
            "<up>" => ConsoleKey.UpArrow,
            "<down>" => ConsoleKey.DownArrow,
            "<home>" => ConsoleKey.Home,
            "<end>" => ConsoleKey.End,
            "<backspace>" => ConsoleKey.Backspace,
            "<delete>" => ConsoleKey.Delete,
            "<tab>" => ConsoleKey.Tab,
            "<enter>" => ConsoleKey.Enter,
            "<escape>" => ConsoleKey.Escape,
            [var letter] when char.IsAsciiLetter(letter) => ConsoleKey.A + (char.ToUpperInvariant(letter) - 'A'),
            _ => ConsoleKey.None,
        };
        var isControl = modifiers == ConsoleModifiers.Control;
        var typed = isControl ? (char)(name[0] & 31) : name[0];
        var character = name.Length > 1 ? '\0' : typed;
        return new ConsoleKeyInfo(character, key, shift: false, alt: modifiers == ConsoleModifiers.Alt, control: isControl);
    }

    private static Gen<ConsoleKeyInfo[]> Presses()
    {
        string[] names = ["<left>", "<right>", "<up>", "<down>", "<home>", "<end>", "<backspace>", "<delete>", "<tab>", "<escape>"];
        var named = Gen.Elements(names).Select(n => Key(n, ConsoleModifiers.None));
        var typed = Gen.Elements("ab p.(:_日é \u0301\u200d\ud83d\ude00".ToCharArray())
            .Select(c => new ConsoleKeyInfo(c, ConsoleKey.None, false, false, false));
        var shortcuts = Gen.Elements("aebfpnkuwhdq".ToCharArray()).Select(c => Key(c.ToString(), ConsoleModifiers.Control));
        return Gen.OneOf(typed, typed, named, shortcuts).ArrayOf();
    }
}
