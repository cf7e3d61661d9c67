using System.Text;
using Monty.Interop.Values;

namespace Monty.Interop.Os;

/// <summary>The reason that a file call fails, with its error number on Linux. It does not include a path, so that no path of the host can leak.</summary>
internal enum Errno
{
    NotPermitted = 1,
    NoEntry = 2,
    NoAccess = 13,
    Exists = 17,
    CrossDevice = 18,
    NotDirectory = 20,
    IsDirectory = 21,
    Invalid = 22,
    FileTooBig = 27,
    NoSpace = 28,
    ReadOnly = 30,
    NameTooLong = 36,
    NotEmpty = 39,
    LinkLoop = 40,
}

/// <summary>Thrown when a file operation fails.</summary>
internal sealed class FileError(Errno errno) : Exception(errno.ToString())
{
    public Errno Errno { get; } = errno;
}

/// <summary>Creates the errors that CPython raises for failed file calls.</summary>
internal static class OsError
{
    /// <summary>The maximum length of a path in a message. A script may use arbitrarily long paths, and the message must fit in a request.</summary>
    private const int MaxPathLength = 64 * 1024;

    /// <summary>Creates an <c>OSError</c>, or its subclass for the error number, with one or two paths as the script wrote them.</summary>
    public static PythonError Create(Errno errno, string path, string? target = null)
    {
        var (type, text) = errno switch
        {
            Errno.NotPermitted => ("PermissionError", "Operation not permitted"),
            Errno.NoEntry => ("FileNotFoundError", "No such file or directory"),
            Errno.NoAccess => ("PermissionError", "Permission denied"),
            Errno.Exists => ("FileExistsError", "File exists"),
            Errno.CrossDevice => ("OSError", "Invalid cross-device link"),
            Errno.NotDirectory => ("NotADirectoryError", "Not a directory"),
            Errno.IsDirectory => ("IsADirectoryError", "Is a directory"),
            Errno.Invalid => ("OSError", "Invalid argument"),
            Errno.FileTooBig => ("OSError", "File too large"),
            Errno.NoSpace => ("OSError", "No space left on device"),
            Errno.ReadOnly => ("OSError", "Read-only file system"),
            Errno.NameTooLong => ("OSError", "File name too long"),
            Errno.NotEmpty => ("OSError", "Directory not empty"),
            Errno.LinkLoop => ("OSError", "Too many levels of symbolic links"),
            _ => ("OSError", "Input/output error"),
        };
        var message = new StringBuilder($"[Errno {(Enum.IsDefined(errno) ? (int)errno : 5)}] {text}: ");
        AppendPath(message, path);
        if (target is not null)
        {
            AppendPath(message.Append(" -> "), target);
        }

        return new PythonError(type, message.ToString());
    }

    public static PythonError EmbeddedNull { get; } = new("ValueError", "embedded null byte");

    private static void AppendPath(StringBuilder message, string path)
    {
        var end = message.Length + MaxPathLength;
        StringLiteral.Append(message, path, end);
        if (message.Length > end + 1)
        {
            message.Length = char.IsHighSurrogate(message[end - 1]) ? end - 1 : end;
            message.Append('…');
        }
    }
}
