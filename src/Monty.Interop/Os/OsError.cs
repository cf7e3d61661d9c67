using System.Text;
using Monty.Interop.Values;

namespace Monty.Interop.Os;

/// <summary>Why a call to the operating system fails, by its number on Linux; it carries no path, so no host path can leak.</summary>
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

/// <summary>A file operation failed.</summary>
internal sealed class FileError(Errno errno) : Exception(errno.ToString())
{
    public Errno Errno { get; } = errno;
}

/// <summary>Errors as CPython words them.</summary>
internal static class OsError
{
    /// <summary>The most of a path that a message shows: a script may write one as long as it likes, and the message has to cross.</summary>
    private const int LongestPath = 64 * 1024;

    /// <summary>An <c>OSError</c>, in its subclass for the number, about one path as the script wrote it, or two.</summary>
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
        var end = message.Length + LongestPath;
        StringLiteral.Append(message, path, end);
        if (message.Length > end + 1)
        {
            message.Length = char.IsHighSurrogate(message[end - 1]) ? end - 1 : end;
            message.Append('…');
        }
    }
}
