using System.Runtime.InteropServices;
using System.Text;
using Monty.Host.Cli.Repl.Editing;
using Monty.Host.Cli.Streams;

namespace Monty.Host.Cli.Repl;

/// <summary>Reads lines from a terminal, with a line editor and a history.</summary>
internal sealed class TerminalLines : ILineSource, IDisposable
{
    private const int DefaultWidth = 80;
    private const string InterruptMessage = "KeyboardInterrupt";
    private readonly Terminal terminal;
    private readonly InputHistory history;
    private readonly PosixSignalRegistration registration;
    private volatile bool interruptsAllowed;
    private bool interrupted;

    /// <summary>The first key after a signal, which belongs to the next line.</summary>
    private ConsoleKeyInfo? pendingKey;

    public TerminalLines(Terminal terminal, InputHistory history)
    {
        this.terminal = terminal;
        this.history = history;
        registration = PosixSignalRegistration.Create(
            PosixSignal.SIGINT,
            context =>
            {
                // A program sent the signal, or it arrived before Ctrl-C was read as a key. It has the same effect as the key.
                // A pending Console.ReadKey cannot be canceled, so the line is discarded when the next key is pressed.
                context.Cancel = true;
                if (interruptsAllowed)
                {
                    return;
                }

                Volatile.Write(ref interrupted, true);
                Write("\r\n" + InterruptMessage + "\r\n" + ReplLoop.Prompt);
            }
        );
    }

    public ReadResult Read(string prompt, Func<string, IEnumerable<string>> words)
    {
        Console.TreatControlCAsInput = true; // Ctrl-C is a key while a line is edited, and a signal while code runs.
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
                Write(InterruptMessage + "\r\n");
                return new ReadResult.Abandoned();
            case LineOutcome.EndOfInput:
                return new ReadResult.End();
            default:
                return new ReadResult.Abandoned();
        }
    }

    public IDisposable AllowInterrupts()
    {
        interruptsAllowed = true;
        Console.TreatControlCAsInput = false;
        return new InterruptScope(this);
    }

    public void Dispose()
    {
        Console.TreatControlCAsInput = false;
        registration.Dispose();
    }

    private LineEditor Edit(string prompt, Func<string, IEnumerable<string>> words)
    {
        var editor = LineEditor.Begin(history.Lines);
        var view = new LineView(prompt, GetWindowWidth());
        Write(view.Draw(editor.Line));
        while (editor.Outcome == LineOutcome.Editing)
        {
            var key = pendingKey ?? Console.ReadKey(intercept: true);
            if (Interlocked.Exchange(ref interrupted, false))
            {
                pendingKey = key;
                return editor;
            }

            pendingKey = null;
            editor = editor.Press(key, words);
            if (!editor.Choices.IsEmpty)
            {
                Write(view.Draw(editor.Line.End()) + "\r\n" + string.Join("  ", editor.Choices) + "\r\n");
                view = new LineView(prompt, GetWindowWidth());
            }

            if (editor.Outcome == LineOutcome.Editing && Console.KeyAvailable)
            {
                continue; // Pasted text is shown when all of it has been read.
            }

            Write(view.Draw(editor.Outcome == LineOutcome.Editing ? editor.Line : editor.Line.End()));
        }

        Write("\r\n");
        return editor;
    }

    private static int GetWindowWidth()
    {
        var width = Console.WindowWidth;
        return width > 1 ? width : DefaultWidth;
    }

    private void Write(string text) => terminal.Write(Encoding.UTF8.GetBytes(text));

    private sealed class InterruptScope(TerminalLines lines) : IDisposable
    {
        public void Dispose() => lines.interruptsAllowed = false;
    }
}
