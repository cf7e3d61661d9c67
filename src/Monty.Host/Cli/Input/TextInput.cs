using System.Text;

namespace Monty.Host.Cli.Input;

/// <summary>Reads the texts that a command line names: whole, in strict UTF-8, and not without end.</summary>
internal static class TextInput
{
    /// <summary>Well under the largest frame of the wire.</summary>
    private const int MostBytes = 64 << 20;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <param name="path">The file.</param>
    /// <param name="what">What it is for, such as <c>script</c>.</param>
    public static string ReadFile(string path, string what)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            return Read(file, path);
        }
        catch (Exception absent) when (absent is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new BadInputException(
                $"There is no {what} {path}. Correct the path; it starts from {Environment.CurrentDirectory}.",
                absent
            );
        }
        catch (UnauthorizedAccessException refused)
        {
            var problem = Directory.Exists(path)
                ? $"{path} is a directory, not a {what}. Name a file in it."
                : $"The {what} {path} may not be read. Change its permissions.";
            throw new BadInputException(problem, refused);
        }
        catch (Exception broken) when (broken is IOException or ArgumentException or NotSupportedException)
        {
            throw new BadInputException($"The {what} {path} cannot be read: {broken.Message}", broken);
        }
    }

    /// <param name="stream">Read to its end.</param>
    /// <param name="name">What messages call it.</param>
    public static string Read(Stream stream, string name)
    {
        using var bytes = new MemoryStream();
        var buffer = new byte[64 * 1024];
        while (stream.Read(buffer) is > 0 and var count)
        {
            if (bytes.Length + count > MostBytes)
            {
                throw new BadInputException($"{name} is longer than {MostBytes >> 20} MiB. Make it smaller.");
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
        catch (DecoderFallbackException broken)
        {
            var place = $"byte {broken.BytesUnknown?.FirstOrDefault():x2} at offset {broken.Index} does not belong there";
            throw new BadInputException($"{name} is not UTF-8: {place}. Save it as UTF-8.", broken);
        }
    }
}
