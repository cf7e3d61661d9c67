using System.Runtime.InteropServices;
using System.Text;
using Monty.Host.Cli.Repl.Editing;
using Monty.Host.Cli.Streams;

namespace Monty.Host.Cli.Repl;

/// <summary>Lines that a person types, with an editor and a history.</summary>
internal sealed class TerminalLines : ILineSource, IDisposable
{
    private const int UsualWidth = 80;
    private readonly Terminal terminal;
    private readonly InputHistory history;
    private readonly PosixSignalRegistration registration;
    private volatile bool isReleased;
    private bool interrupted;

    public TerminalLines(Terminal terminal, InputHistory history)
    {
        (this.terminal, this.history) = (terminal, history);
        registration = PosixSignalRegistration.Create(PosixSignal.SIGINT, context =>
        {
            context.Cancel = true; // it came before the terminal gives Ctrl-C as a key, and means what the key does
            if (!isReleased) Volatile.Write(ref interrupted, true);
        });
    }

    public ReadResult Read(string prompt, Func<string, IEnumerable<string>> words)
    {
        Console.TreatControlCAsInput = true; // a key like others while lines are edited, and the signal while code runs
        if (Interlocked.Exchange(ref interrupted, false)) return new ReadResult.Abandoned();
        var editor = Edit(prompt, words);
        if (editor.Outcome == LineOutcome.Entered) history.Add(editor.Line.Text);
        return editor.Outcome switch
        {
            LineOutcome.Entered => new ReadResult.Line(editor.Line.Text),
            LineOutcome.Abandoned => new ReadResult.Abandoned(),
            _ => new ReadResult.End(),
        };
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

    private sealed class Hold(TerminalLines lines) : IDisposable
    {
        public void Dispose() => lines.isReleased = false;
    }
}
