namespace Monty.Interop;

/// <summary>The operating system calls that sandboxed code can make. Each is listed with its arguments and its result; nothing happens unless the host answers.</summary>
public enum OsFunction
{
    /// <summary><c>Path.exists</c>: [path] → bool.</summary>
    Exists,

    /// <summary><c>Path.is_file</c>: [path] → bool.</summary>
    IsFile,

    /// <summary><c>Path.is_dir</c>: [path] → bool.</summary>
    IsDir,

    /// <summary><c>Path.is_symlink</c>: [path] → bool.</summary>
    IsSymlink,

    /// <summary><c>Path.read_text</c> and every read of a text file, which always reads the whole file: [path] → str.</summary>
    ReadText,

    /// <summary><c>Path.read_bytes</c> and every read of a binary file, which always reads the whole file: [path] → bytes.</summary>
    ReadBytes,

    /// <summary><c>Path.stat</c>, <c>os.stat</c>: [path] → named tuple of ten fields.</summary>
    Stat,

    /// <summary><c>Path.iterdir</c>, <c>os.listdir</c>: [path] → list of paths.</summary>
    Iterdir,

    /// <summary><c>Path.resolve</c>: [path] → path.</summary>
    Resolve,

    /// <summary><c>Path.absolute</c>: [path] → path.</summary>
    Absolute,

    /// <summary><c>Path.unlink</c>, <c>os.remove</c>: [path] → None.</summary>
    Unlink,

    /// <summary><c>Path.rmdir</c>, <c>os.rmdir</c>: [path] → None.</summary>
    Rmdir,

    /// <summary><c>Path.write_text</c>: [path, str] → int, the number of characters written.</summary>
    WriteText,

    /// <summary>Every <c>write</c> to an open text file, in mode <c>w</c> as well: [path, str] → int, the number of characters written.</summary>
    AppendText,

    /// <summary><c>Path.write_bytes</c>: [path, bytes] → int, the number of bytes written.</summary>
    WriteBytes,

    /// <summary>Every <c>write</c> to an open binary file, in mode <c>wb</c> as well: [path, bytes] → int, the number of bytes written.</summary>
    AppendBytes,

    /// <summary><c>open</c>, <c>Path.open</c>: [path, mode] → file handle. Mode <c>w</c> truncates or creates the file, <c>a</c> creates it when it is missing, and <c>r</c> fails when it is missing.</summary>
    Open,

    /// <summary><c>Path.mkdir</c>, <c>os.mkdir</c>, <c>os.makedirs</c>: [path, parents, exist_ok] → None.</summary>
    Mkdir,

    /// <summary><c>Path.rename</c>, <c>os.rename</c>, <c>os.replace</c>: [from, to] → path or None.</summary>
    Rename,

    /// <summary><c>os.getenv</c>: [key, default] → str. The host must return the default when the key is missing, as the runtime does not apply it.</summary>
    Getenv,

    /// <summary>Every read of <c>os.environ</c>: [] → dict of str.</summary>
    Environ,

    /// <summary><c>date.today</c>: [] → date.</summary>
    DateToday,

    /// <summary><c>datetime.now</c>: [timezone or None] → datetime.</summary>
    DateTimeNow,
}
