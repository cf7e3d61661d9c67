using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace Monty.Actors;

/// <summary>Which session: a tenant and a name that is unique within it.</summary>
/// <remarks>Immutable and thread-safe. Compared by ordinals. The default value is no session; nothing takes it.</remarks>
public readonly record struct SessionId : IComparable<SessionId>
{
    /// <summary>The longest tenant or name, in characters.</summary>
    public const int MaxLength = 128;

    /// <summary>The rule in messages, after the word for the part.</summary>
    internal const string Rule =
        "has 1 to 128 ASCII letters, digits and -._~:@, and is not '.' or '..'. Choose another, such as a hash of it.";

    private static readonly SearchValues<char> Allowed = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~:@"
    );

    /// <summary>A session of a tenant.</summary>
    /// <param name="tenant">1 to 128 ASCII letters, digits and <c>-._~:@</c>, but not <c>.</c> or <c>..</c>, which as a file name would lead to another folder.</param>
    /// <param name="name">The same.</param>
    /// <exception cref="ArgumentException">One of them is empty, too long, holds another character, or is <c>.</c> or <c>..</c>.</exception>
    public SessionId(string tenant, string name) => (Tenant, Name) = (Check(tenant, nameof(tenant)), Check(name, nameof(name)));

    /// <summary>The tenant, which sees no other tenant's sessions.</summary>
    public string Tenant { get; }

    /// <summary>The name within the tenant.</summary>
    public string Name { get; }

    /// <summary>True when <paramref name="text"/> can be a tenant or a name.</summary>
    public static bool IsValidPart([NotNullWhen(true)] string? text) =>
        text is { Length: > 0 and <= MaxLength } and not ("." or "..") && text.AsSpan().IndexOfAnyExcept(Allowed) < 0;

    /// <inheritdoc/>
    public int CompareTo(SessionId other) =>
        string.CompareOrdinal(Tenant, other.Tenant) is not 0 and var byTenant ? byTenant : string.CompareOrdinal(Name, other.Name);

    /// <summary>True when <paramref name="left"/> comes before <paramref name="right"/>.</summary>
    public static bool operator <(SessionId left, SessionId right) => left.CompareTo(right) < 0;

    /// <summary>True when <paramref name="left"/> comes after <paramref name="right"/>.</summary>
    public static bool operator >(SessionId left, SessionId right) => left.CompareTo(right) > 0;

    /// <summary>True when <paramref name="left"/> does not come after <paramref name="right"/>.</summary>
    public static bool operator <=(SessionId left, SessionId right) => left.CompareTo(right) <= 0;

    /// <summary>True when <paramref name="left"/> does not come before <paramref name="right"/>.</summary>
    public static bool operator >=(SessionId left, SessionId right) => left.CompareTo(right) >= 0;

    /// <summary><c>tenant/name</c>.</summary>
    public override string ToString() => $"{Tenant}/{Name}";

    private static string Check(string part, string what)
    {
        ArgumentNullException.ThrowIfNull(part, what);
        return IsValidPart(part) ? part : throw new ArgumentException($"The {what} cannot be used: a {what} {Rule}", what);
    }
}
