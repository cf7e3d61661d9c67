namespace Monty.Testing;

/// <summary>A temporary folder for one test. Disposing it deletes the folder and its content.</summary>
public sealed class TempFolder : IDisposable
{
    /// <summary>Creates the folder.</summary>
    public TempFolder() => Path = Directory.CreateTempSubdirectory("monty-test-").FullName;

    /// <summary>The full path of the folder.</summary>
    public string Path { get; }

    /// <summary>Returns the full path of a file in the folder. The file need not exist.</summary>
    public string File(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Writes a file in UTF-8 to the folder, and returns its full path.</summary>
    public string Write(string name, string text)
    {
        System.IO.File.WriteAllText(File(name), text);
        return File(name);
    }

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(Path, recursive: true);
}
