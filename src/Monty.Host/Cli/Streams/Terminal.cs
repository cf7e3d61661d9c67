using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Monty.Host.Cli.Streams;

/// <summary>The three standard streams, in UTF-8.</summary>
/// <remarks>The streams bypass <see cref="Console"/>, whose line editor would echo input to a redirected output.</remarks>
internal sealed class Terminal : IDisposable
{
    private const int MaxLineLength = 4096;
    private const int TextPieceLength = 16 * 1024;
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);
    private readonly Lazy<Stream> input = new(OpenInput);
    private readonly Stream output = OperatingSystem.IsWindows() ? Console.OpenStandardOutput() : new DescriptorStream(1);

    public Terminal()
    {
        var error = OperatingSystem.IsWindows() ? Console.OpenStandardError() : new DescriptorStream(2);
        Error = TextWriter.Synchronized(new StreamWriter(new BestEffortStream(error), Utf8) { AutoFlush = true, NewLine = "\n" });
        Help = new StreamWriter(new BestEffortStream(output), Utf8) { AutoFlush = true, NewLine = "\n" };
    }

    /// <summary>Standard input, which contains a script or the user's answers.</summary>
    public Stream Input => input.Value;

    /// <summary>Standard error. Unbuffered and thread-safe. Write errors are ignored.</summary>
    public TextWriter Error { get; }

    /// <summary>Standard output for help texts. Unbuffered. Write errors are ignored.</summary>
    public TextWriter Help { get; }

    /// <summary>True if the user can be asked, with questions on standard error and answers from standard input.</summary>
    public bool IsInteractive { get; } = !Console.IsInputRedirected && !Console.IsErrorRedirected;

    /// <summary>True if text on standard error may be colored.</summary>
    public bool ErrorSupportsColor { get; } =
        !Console.IsErrorRedirected && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));

    /// <summary>Writes to standard output without buffering.</summary>
    /// <exception cref="IOException">The reader has closed the pipe, or the disk is full.</exception>
    public void Write(ReadOnlySpan<byte> bytes) => output.Write(bytes);

    /// <summary>Opens a writer that writes text to standard output in pieces. The caller disposes the writer, and standard output stays open.</summary>
    public TextWriter OpenWriter() => new StreamWriter(output, Utf8, TextPieceLength, leaveOpen: true);

    /// <summary>Writes an error message as one line to standard error. Control characters are escaped.</summary>
    public void WriteError(string message) => WriteLine("error: " + message);

    /// <summary>Writes one line to standard error. Control characters in the message are escaped.</summary>
    public void WriteLine(string message) => Error.WriteLine(VisibleText.Format(message, MaxLineLength));

    /// <summary>Writes several lines to standard error. Control characters other than line breaks and tabs are escaped.</summary>
    public void WriteLines(string text)
    {
        foreach (var line in text.TrimEnd('\n').Split('\n'))
        {
            Error.WriteLine(string.Join('\t', line.Split('\t').Select(piece => VisibleText.Format(piece, MaxLineLength))));
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
