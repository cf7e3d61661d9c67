using System.Runtime.InteropServices;

namespace Monty.Interop.Workers;

/// <summary>Finds the runtime's executable: an explicit path, then MONTY_BIN, then the file that the build restored, then PATH.</summary>
internal static class RuntimeLocator
{
    private const string FileName = "monty";

    public static string Find(string? explicitPath)
    {
        if (explicitPath is not null) return Require(explicitPath, "the option RuntimePath names");
        if (Environment.GetEnvironmentVariable("MONTY_BIN") is { Length: > 0 } variable) return Require(variable, "the environment variable MONTY_BIN names");
        var file = OperatingSystem.IsWindows() ? FileName + ".exe" : FileName;
        var restored = Path.Combine(AppContext.BaseDirectory, "runtimes", PortableRid, "native", file);
        if (File.Exists(restored)) return restored;
        foreach (var folder in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries))
        {
            var candidate = Path.Combine(folder, file);
            if (File.Exists(candidate)) return candidate;
        }

        throw new MontyRuntimeNotFoundException(
            $"The Monty runtime was not found. Looked for: the option RuntimePath (not set), the environment variable MONTY_BIN (not set), {restored} (missing), "
            + $"and '{file}' on PATH (missing). It comes from the npm package {PackageName}: build this project with npm installed, "
            + "or get the package and name its file 'monty' in RuntimePath or MONTY_BIN.");
    }

    /// <summary>The runtime identifier of the folder that the build fills, such as <c>linux-x64</c>.</summary>
    private static string PortableRid
    {
        get
        {
            var system = OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsMacOS() ? "osx" : "linux";
            return $"{system}-{Architecture}";
        }
    }

    /// <summary>The name of upstream's package for this system.</summary>
    private static string PackageName
    {
        get
        {
            var suffix = OperatingSystem.IsWindows() ? $"win32-{Architecture}-msvc" : OperatingSystem.IsMacOS() ? $"darwin-{Architecture}" : $"linux-{Architecture}-gnu";
            return $"@pydantic/monty-{suffix}";
        }
    }

    private static string Architecture => RuntimeInformation.OSArchitecture switch
    {
        System.Runtime.InteropServices.Architecture.X64 => "x64",
        System.Runtime.InteropServices.Architecture.Arm64 => "arm64",
        _ => "unknown",
    };

    private static string Require(string path, string who) => File.Exists(path)
        ? Path.GetFullPath(path)
        : throw new MontyRuntimeNotFoundException($"The Monty runtime was not found: {who} {path}, and there is no such file. Correct it, or unset it to use the one that the build restored.");
}
