using System.Diagnostics.CodeAnalysis;

namespace Monty.Interop.HostObjects;

/// <summary>A method of a lent object that a script took hold of without calling it: a function value whose name says which. It survives dumps.</summary>
internal static class BoundMethod
{
    public static MontyFunction Create(MontyHostClass hostClass, string method, Guid receiver) =>
        new($"{hostClass.Name}.{method}@{receiver:N}");

    public static bool TryParse(string function, out Guid receiver, [NotNullWhen(true)] out string? method)
    {
        var (dot, at) = (function.IndexOf('.', StringComparison.Ordinal), function.LastIndexOf('@'));
        method = dot > 0 && at > dot ? function[(dot + 1)..at] : null;
        return Guid.TryParseExact(function.AsSpan(at + 1), "N", out receiver) && method is not null;
    }
}
