using System.Text;
using Monty.Host.Cli.Repl.Editing;
using Monty.Host.Cli.Streams;

namespace Monty.Host.Cli.Repl;

/// <summary>Lines that a person types, with an editor and a history.</summary>
internal sealed class TerminalLines(Terminal terminal, InputHistory history) : ILineSource
{
    private const int UsualWidth = 80;

    public ReadResult Read(string prompt, Func<string, IEnumerable<string>> words)
    {
        Console.TreatControlCAsInput = true; // a key like others while a line is edited, and the signal while code runs
        try
        {
            var editor = Edit(prompt, words);
            if (editor.Outcome == LineOutcome.Entered) history.Add(editor.Line.Text);
            return editor.Outcome switch
            {
                LineOutcome.Entered => new ReadResult.Line(editor.Line.Text),
                LineOutcome.Abandoned => new ReadResult.Abandoned(),
                _ => new ReadResult.End(),
            };
        }
        finally
        {
            Console.TreatControlCAsInput = false;
        }
    }

    private LineEditor Edit(string prompt, Func<string, IEnumerable<string>> words)
    {
        var editor = LineEditor.Begin(history.Lines);
        var view = new LineView(prompt, Console.WindowWidth is > 1 and var width ? width : UsualWidth);
        Write(view.Draw(editor.Line));
        while (editor.Outcome == LineOutcome.Editing)
        {
            editor = editor.Press(Console.ReadKey(intercept: true), words);
            if (!editor.Choices.IsEmpty)
            {
                Write(view.Draw(editor.Line.End()) + "\r\n" + string.Join("  ", editor.Choices) + "\r\n");
                view = new LineView(prompt, Console.WindowWidth is > 1 and var now ? now : UsualWidth);
            }

            if (editor.Outcome == LineOutcome.Editing && Console.KeyAvailable) continue; // pasted: shown when all of it is there
            Write(view.Draw(editor.Outcome == LineOutcome.Editing ? editor.Line : editor.Line.End()));
        }

        Write("\r\n");
        return editor;
    }

    private void Write(string text) => terminal.Write(Encoding.UTF8.GetBytes(text));
}
