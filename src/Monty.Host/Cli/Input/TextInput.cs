using System.Text;

namespace Monty.Host.Cli.Input;

/// <summary>Reads the files that a command line names. They must be valid UTF-8 and no larger than 64 MiB.</summary>
internal static class TextInput
{
    /// <summary>The maximum size of a file, which is well below the maximum frame size of the wire protocol.</summary>
    private const int MaxBytes = 64 << 20;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads a file.</summary>
    /// <param name="path">The path of the file.</param>
    /// <param name="kind">The kind of file for error messages, such as <c>script</c>.</param>
    /// <exception cref="BadInputException">The file cannot be read, is too large, or is not UTF-8.</exception>
    public static string ReadFile(string path, string kind)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            return Read(file, path);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new BadInputException(
                $"The {kind} {path} does not exist. Correct the path. Relative paths start from {Environment.CurrentDirectory}.",
                exception
            );
        }
        catch (UnauthorizedAccessException exception)
        {
            var problem = Directory.Exists(path)
                ? $"The {kind} cannot be read: {path} is a directory. Name a file in it."
                : $"The {kind} {path} cannot be read: access is denied. Change its permissions.";
            throw new BadInputException(problem, exception);
        }
        catch (Exception exception) when (exception is IOException or ArgumentException or NotSupportedException)
        {
            throw new BadInputException($"The {kind} {path} cannot be read: {exception.Message}", exception);
        }
    }

    /// <summary>Reads a stream to its end.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="name">The name of the stream in error messages.</param>
    /// <exception cref="BadInputException">The stream is too large or is not UTF-8.</exception>
    public static string Read(Stream stream, string name)
    {
        using var bytes = new MemoryStream();
        var buffer = new byte[64 * 1024];
        while (stream.Read(buffer) is > 0 and var count)
        {
            if (bytes.Length + count > MaxBytes)
            {
                throw new BadInputException($"{name} is larger than the maximum of {MaxBytes >> 20} MiB. Make it smaller.");
            }

            bytes.Write(buffer, 0, count);
        }

        var content = bytes.GetBuffer().AsSpan(0, (int)bytes.Length);
        if (content.StartsWith(Encoding.UTF8.Preamble))
        {
            content = content[Encoding.UTF8.Preamble.Length..];
        }

        try
        {
            return StrictUtf8.GetString(content);
        }
        catch (DecoderFallbackException exception)
        {
            var place = $"byte {exception.BytesUnknown?.FirstOrDefault():x2} at offset {exception.Index} is invalid";
            throw new BadInputException($"{name} is not UTF-8: {place}. Save it as UTF-8.", exception);
        }
    }
}
