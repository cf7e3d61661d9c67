using System.Runtime.InteropServices;
using System.Text;
using Monty.Host.Cli.Repl.Editing;
using Monty.Host.Cli.Streams;

namespace Monty.Host.Cli.Repl;

/// <summary>Lines that a person types, with an editor and a history.</summary>
internal sealed class TerminalLines : ILineSource, IDisposable
{
    private const int UsualWidth = 80;
    private const string Given = "KeyboardInterrupt";
    private readonly Terminal terminal;
    private readonly InputHistory history;
    private readonly PosixSignalRegistration registration;
    private volatile bool isReleased;
    private bool interrupted;
    private ConsoleKeyInfo? pressed;

    public TerminalLines(Terminal terminal, InputHistory history)
    {
        this.terminal = terminal;
        this.history = history;
        registration = PosixSignalRegistration.Create(
            PosixSignal.SIGINT,
            context =>
            {
                // It was sent by a program, or came before the terminal gave Ctrl-C as a key, and means what the key does. No key can be
                // taken from a console that waits for one, so that what was typed is given up when the next one comes.
                context.Cancel = true;
                if (isReleased)
                {
                    return;
                }

                Volatile.Write(ref interrupted, true);
                Write("\r\n" + Given + "\r\n" + ReplLoop.Prompt);
            }
        );
    }

    public ReadResult Read(string prompt, Func<string, IEnumerable<string>> words)
    {
        Console.TreatControlCAsInput = true; // a key like others while lines are edited, and the signal while code runs
        if (Interlocked.Exchange(ref interrupted, false))
        {
            return new ReadResult.Abandoned();
        }

        var editor = Edit(prompt, words);
        switch (editor.Outcome)
        {
            case LineOutcome.Entered:
                history.Add(editor.Line.Text);
                return new ReadResult.Line(editor.Line.Text);
            case LineOutcome.Abandoned:
                Write(Given + "\r\n");
                return new ReadResult.Abandoned();
            case LineOutcome.EndOfInput:
                return new ReadResult.End();
            default:
                return new ReadResult.Abandoned();
        }
    }

    public IDisposable Release()
    {
        isReleased = true;
        Console.TreatControlCAsInput = false;
        return new Hold(this);
    }

    public void Dispose()
    {
        Console.TreatControlCAsInput = false;
        registration.Dispose();
    }

    private LineEditor Edit(string prompt, Func<string, IEnumerable<string>> words)
    {
        var editor = LineEditor.Begin(history.Lines);
        var view = new LineView(prompt, Console.WindowWidth is > 1 and var width ? width : UsualWidth);
        Write(view.Draw(editor.Line));
        while (editor.Outcome == LineOutcome.Editing)
        {
            var key = pressed ?? Console.ReadKey(intercept: true);
            if (Interlocked.Exchange(ref interrupted, false))
            {
                pressed = key; // the first of what comes after the signal
                return editor;
            }

            pressed = null;
            editor = editor.Press(key, words);
            if (!editor.Choices.IsEmpty)
            {
                Write(view.Draw(editor.Line.End()) + "\r\n" + string.Join("  ", editor.Choices) + "\r\n");
                view = new LineView(prompt, Console.WindowWidth is > 1 and var now ? now : UsualWidth);
            }

            if (editor.Outcome == LineOutcome.Editing && Console.KeyAvailable)
            {
                continue; // pasted: shown when all of it is there
            }

            Write(view.Draw(editor.Outcome == LineOutcome.Editing ? editor.Line : editor.Line.End()));
        }

        Write("\r\n");
        return editor;
    }

    private void Write(string text) => terminal.Write(Encoding.UTF8.GetBytes(text));

    private sealed class Hold(TerminalLines lines) : IDisposable
    {
        public void Dispose() => lines.isReleased = false;
    }
}
