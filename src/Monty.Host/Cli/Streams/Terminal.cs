using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Monty.Host.Cli.Streams;

/// <summary>The three standard streams, in UTF-8, without the console class: its line editor would echo into a redirected output.</summary>
internal sealed class Terminal : IDisposable
{
    private const int LongestLine = 4096;
    private const int TextPiece = 16 * 1024;
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);
    private readonly Lazy<Stream> input = new(OpenInput);
    private readonly Stream output = OperatingSystem.IsWindows() ? Console.OpenStandardOutput() : new DescriptorStream(1);

    public Terminal()
    {
        var error = OperatingSystem.IsWindows() ? Console.OpenStandardError() : new DescriptorStream(2);
        Error = TextWriter.Synchronized(new StreamWriter(new UncheckedStream(error), Utf8) { AutoFlush = true, NewLine = "\n" });
        Help = new StreamWriter(new UncheckedStream(output), Utf8) { AutoFlush = true, NewLine = "\n" };
    }

    /// <summary>Bytes for the script or for the person's answers.</summary>
    public Stream Input => input.Value;

    /// <summary>Standard error: at once, and never fails; any thread.</summary>
    public TextWriter Error { get; }

    /// <summary>Standard output for texts that nothing depends on: at once, and never fails.</summary>
    public TextWriter Help { get; }

    /// <summary>Whether somebody can be asked: questions go to standard error and answers come from standard input.</summary>
    public bool IsInteractive { get; } = !Console.IsInputRedirected && !Console.IsErrorRedirected;

    /// <summary>Whether standard error may be coloured.</summary>
    public bool ErrorTakesColor { get; } =
        !Console.IsErrorRedirected && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));

    /// <summary>Writes to standard output, at once.</summary>
    /// <exception cref="IOException">Nobody reads it any more, or it is full.</exception>
    public void Write(ReadOnlySpan<byte> bytes) => output.Write(bytes);

    /// <summary>Writes text to standard output piece by piece; the caller disposes the writer, which leaves the output open.</summary>
    public TextWriter OpenWriter() => new StreamWriter(output, Utf8, TextPiece, leaveOpen: true);

    /// <summary>What went wrong, as one line whatever is in the message.</summary>
    public void WriteError(string message) => WriteLine("error: " + message);

    /// <summary>One line on standard error, whatever is in the message.</summary>
    public void WriteLine(string message) => Error.WriteLine(VisibleText.Format(message, LongestLine));

    /// <summary>Text of several lines that quotes a script; only its line breaks and tabs are left as they are.</summary>
    public void WriteLines(string text)
    {
        foreach (var line in text.TrimEnd('\n').Split('\n'))
        {
            Error.WriteLine(string.Join('\t', line.Split('\t').Select(piece => VisibleText.Format(piece, LongestLine))));
        }
    }

    public void Dispose()
    {
        Help.Dispose();
        output.Dispose();
        Error.Dispose();
        if (input.IsValueCreated)
        {
            input.Value.Dispose();
        }
    }

    private static Stream OpenInput() =>
        OperatingSystem.IsWindows() || Console.IsInputRedirected
            ? Console.OpenStandardInput()
            : new FileStream(new SafeFileHandle(0, ownsHandle: false), FileAccess.Read, bufferSize: 0);
}
