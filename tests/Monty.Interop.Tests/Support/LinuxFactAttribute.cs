using System.Runtime.CompilerServices;
using Xunit;

namespace Monty.Interop.Tests;

/// <summary>A fact about processes on Linux, skipped elsewhere with that reason.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class LinuxFactAttribute : FactAttribute
{
    public LinuxFactAttribute([CallerFilePath] string? sourceFilePath = null, [CallerLineNumber] int sourceLineNumber = -1)
        : base(sourceFilePath, sourceLineNumber)
    {
        if (!OperatingSystem.IsLinux())
        {
            Skip = "It reads /proc and plays peers with /bin/sh."; // never where the runtime is pinned, which is Linux; ./build.sh says how many were skipped
        }
    }
}

/// <summary>The same for theories.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class LinuxTheoryAttribute : TheoryAttribute
{
    public LinuxTheoryAttribute([CallerFilePath] string? sourceFilePath = null, [CallerLineNumber] int sourceLineNumber = -1)
        : base(sourceFilePath, sourceLineNumber)
    {
        if (!OperatingSystem.IsLinux())
        {
            Skip = "It reads /proc and plays peers with /bin/sh."; // never where the runtime is pinned, which is Linux; ./build.sh says how many were skipped
        }
    }
}
