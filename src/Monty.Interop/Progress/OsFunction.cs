namespace Monty.Interop;

/// <summary>The calls to the operating system that sandbox code can make; nothing happens unless the host answers.</summary>
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

    /// <summary><c>Path.read_text</c> and reads of text files, always the whole file: [path] → str.</summary>
    ReadText,

    /// <summary><c>Path.read_bytes</c> and reads of binary files, always the whole file: [path] → bytes.</summary>
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

    /// <summary><c>Path.write_text</c>: [path, str] → int, the characters written.</summary>
    WriteText,

    /// <summary>Each <c>write</c> of a text file, in mode w too: [path, str] → int, the characters written.</summary>
    AppendText,

    /// <summary><c>Path.write_bytes</c>: [path, bytes] → int, the bytes written.</summary>
    WriteBytes,

    /// <summary>Each <c>write</c> of a binary file, in mode wb too: [path, bytes] → int, the bytes written.</summary>
    AppendBytes,

    /// <summary><c>open</c>, <c>Path.open</c>: [path, mode] → file handle; w truncates or creates, a creates, r fails when missing.</summary>
    Open,

    /// <summary><c>Path.mkdir</c>, <c>os.mkdir</c>, <c>os.makedirs</c>: [path, parents, exist_ok] → None.</summary>
    Mkdir,

    /// <summary><c>Path.rename</c>, <c>os.rename</c>, <c>os.replace</c>: [from, to] → path or None.</summary>
    Rename,

    /// <summary><c>os.getenv</c>: [key, default] → str or the default itself, which the runtime does not apply.</summary>
    Getenv,

    /// <summary>Every read of <c>os.environ</c>: [] → dict of str.</summary>
    Environ,

    /// <summary><c>date.today</c>: [] → date.</summary>
    DateToday,

    /// <summary><c>datetime.now</c>: [timezone or None] → datetime.</summary>
    DateTimeNow,
}
