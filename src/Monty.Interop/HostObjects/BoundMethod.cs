using System.Diagnostics.CodeAnalysis;

namespace Monty.Interop.HostObjects;

/// <summary>Represents a method of a lent object that a script reads without calling it, as in <c>f = account.deposit</c>. It is a function value whose name identifies the object and the method, so it survives dumps.</summary>
internal static class BoundMethod
{
    public static MontyFunction Create(MontyHostClass hostClass, string method, Guid receiver) =>
        new($"{hostClass.Name}.{method}@{receiver:N}");

    public static bool TryParse(string function, out Guid receiver, [NotNullWhen(true)] out string? method)
    {
        var dot = function.IndexOf('.', StringComparison.Ordinal);
        var at = function.LastIndexOf('@');
        method = dot > 0 && at > dot ? function[(dot + 1)..at] : null;
        return Guid.TryParseExact(function.AsSpan(at + 1), "N", out receiver) && method is not null;
    }
}
