using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Monty.Host.Cli;

/// <summary>The three standard streams, in UTF-8, without the console class's line editor, which would echo into a redirected output.</summary>
internal sealed class Terminal : IDisposable
{
    private const int LongestLine = 4096;
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);
    private readonly Lazy<Stream> input = new(OpenInput);
    private readonly Lazy<Stream> output = new(OpenOutput);

    /// <summary>Bytes for the script or for the person's answers.</summary>
    public Stream Input => input.Value;

    /// <summary>Flushed after each write, and never fails; any thread.</summary>
    public TextWriter Error { get; } =
        TextWriter.Synchronized(new StreamWriter(new UncheckedStream(Console.OpenStandardError()), Utf8) { AutoFlush = true, NewLine = "\n" });

    /// <summary>Whether somebody can be asked: questions go to standard error and answers come from standard input.</summary>
    public bool IsInteractive { get; } = !Console.IsInputRedirected && !Console.IsErrorRedirected;

    /// <summary>Whether standard error may be coloured.</summary>
    public bool ErrorTakesColour { get; } = !Console.IsErrorRedirected && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));

    /// <summary>Writes to standard output, at once.</summary>
    /// <exception cref="IOException">Nobody reads it any more, or it is full.</exception>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        try
        {
            output.Value.Write(bytes);
        }
        catch (UnauthorizedAccessException closed)
        {
            throw new IOException(closed.InnerException?.Message ?? closed.Message, closed);
        }
    }

    /// <summary>What went wrong, as one line whatever is in the message.</summary>
    public void WriteError(string message) => WriteLine("error: " + message);

    /// <summary>One line on standard error, whatever is in the message.</summary>
    public void WriteLine(string message) => Error.WriteLine(VisibleText.Of(message, LongestLine));

    /// <summary>Text of several lines that quotes a script; only its line breaks and tabs are left as they are.</summary>
    public void WriteLines(string text)
    {
        foreach (var line in text.TrimEnd('\n').Split('\n'))
        {
            Error.WriteLine(string.Join('\t', line.Split('\t').Select(piece => VisibleText.Of(piece, LongestLine))));
        }
    }

    public void Dispose()
    {
        Error.Dispose();
        if (output.IsValueCreated) output.Value.Dispose();
        if (input.IsValueCreated) input.Value.Dispose();
    }

    private static Stream OpenInput() => OperatingSystem.IsWindows() || Console.IsInputRedirected
        ? Console.OpenStandardInput()
        : OpenDescriptor(0, FileAccess.Read);

    /// <remarks>
    /// The console's own stream hides a broken pipe, and an endless script would outlive its reader. A regular file is left to
    /// that stream all the same, since it writes at the position that standard error may share.
    /// </remarks>
    private static Stream OpenOutput()
    {
        if (OperatingSystem.IsWindows()) return Console.OpenStandardOutput();
        var output = OpenDescriptor(1, FileAccess.Write);
        if (!output.CanSeek) return output;
        output.Dispose();
        return Console.OpenStandardOutput();
    }

    private static FileStream OpenDescriptor(int descriptor, FileAccess access) =>
        new(new SafeFileHandle(descriptor, ownsHandle: false), access, bufferSize: 0);
}
