using System.Runtime.InteropServices;

namespace Monty.Interop.Workers;

/// <summary>Finds the runtime's executable: the explicit path, then MONTY_BIN, then the file that came with the program, then PATH.</summary>
internal static class RuntimeLocator
{
    private const string FileName = "monty";

    public static string Find(string? explicitPath)
    {
        if (explicitPath is not null)
        {
            return RequireFile(explicitPath, "the option RuntimePath names");
        }

        if (Environment.GetEnvironmentVariable("MONTY_BIN") is { Length: > 0 } variable)
        {
            return RequireFile(variable, "the environment variable MONTY_BIN names");
        }

        var file = OperatingSystem.IsWindows() ? FileName + ".exe" : FileName;
        if (FindBeside(ProgramFolders, file, Environment.ProcessPath) is { } beside)
        {
            return beside;
        }

        foreach (
            var folder in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(
                Path.PathSeparator,
                StringSplitOptions.RemoveEmptyEntries
            )
        )
        {
            var candidate = Path.Combine(folder, file);
            if (File.Exists(candidate))
            {
                return candidate;
            }
        }

        throw new MontyRuntimeNotFoundException(
            "The Monty runtime was not found. Looked for: the option RuntimePath (not set), the environment variable MONTY_BIN (not set), "
                + $"{Path.Combine(AppContext.BaseDirectory, "runtimes", PortableRid, "native", file)} (missing), and '{file}' on PATH (missing). "
                + $"Add the NuGet package Monty.Runtime.{PortableRid} to the program, in the version of Monty.Interop; "
                + $"or get the npm package {PackageName} and name its file '{file}' in RuntimePath or MONTY_BIN."
        );
    }

    /// <summary>Returns the file that came with the program, or null. It skips the executable of this process, which may also be called <c>monty</c>.</summary>
    /// <param name="folders">The folders to search, in this order.</param>
    /// <param name="file">The name of the executable.</param>
    /// <param name="ownPath">The executable of this process.</param>
    internal static string? FindBeside(IEnumerable<string> folders, string file, string? ownPath)
    {
        var found = folders
            .Select(f => Path.Combine(f, file))
            .FirstOrDefault(c => File.Exists(c) && c != ownPath && !File.Exists(Path.ChangeExtension(c, ".dll")));
        if (found is not null)
        {
            MakeExecutable(found);
        }

        return found;
    }

    /// <summary>
    /// The folders that may contain the file: <c>runtimes/&lt;rid&gt;/native/</c>; the program's own folder, where NuGet puts the file of a
    /// program published for one platform; and the folder to which a single-file program unpacked it.
    /// </summary>
    private static IEnumerable<string> ProgramFolders =>
        [
            Path.Combine(AppContext.BaseDirectory, "runtimes", PortableRid, "native"),
            AppContext.BaseDirectory,
            .. ((string?)AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES") ?? "").Split(
                Path.PathSeparator,
                StringSplitOptions.RemoveEmptyEntries
            ),
        ];

    /// <summary>The runtime identifier of the folder that the build fills, such as <c>linux-x64</c>.</summary>
    private static string PortableRid
    {
        get
        {
            var system =
                OperatingSystem.IsWindows() ? "win"
                : OperatingSystem.IsMacOS() ? "osx"
                : "linux";
            return $"{system}-{Architecture}";
        }
    }

    /// <summary>The name of Monty's npm package for this system.</summary>
    private static string PackageName
    {
        get
        {
            var suffix =
                OperatingSystem.IsWindows() ? $"win32-{Architecture}-msvc"
                : OperatingSystem.IsMacOS() ? $"darwin-{Architecture}"
                : $"linux-{Architecture}-gnu";
            return $"@pydantic/monty-{suffix}";
        }
    }

    private static string Architecture =>
        RuntimeInformation.OSArchitecture switch
        {
            System.Runtime.InteropServices.Architecture.X64 => "x64",
            System.Runtime.InteropServices.Architecture.Arm64 => "arm64",
            _ => "unknown",
        };

    private static string RequireFile(string path, string who) =>
        File.Exists(path)
            ? Path.GetFullPath(path)
            : throw new MontyRuntimeNotFoundException(
                $"The Monty runtime was not found: {who} {path}, and there is no such file. Correct it, or unset it to use the one that came with the program."
            );

    /// <summary>Restores the execute permission, which a copy made by Windows or extracted from a zip file lacks.</summary>
    private static void MakeExecutable(string path)
    {
        const UnixFileMode Execute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var mode = File.GetUnixFileMode(path);
        if ((mode & Execute) != 0)
        {
            return;
        }

        try
        {
            File.SetUnixFileMode(path, mode | Execute);
        }
        catch (Exception exception) when (exception is UnauthorizedAccessException or IOException)
        {
            // The file belongs to another user or is read-only. Starting it then fails with that reason.
        }
    }
}
