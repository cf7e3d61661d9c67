using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace Monty.Actors;

/// <summary>Identifies a session: a tenant, and a name that is unique within the tenant.</summary>
/// <remarks>Immutable and thread-safe. Compared ordinally. The default value identifies no session, and every method refuses it.</remarks>
public readonly record struct SessionId : IComparable<SessionId>
{
    /// <summary>The maximum length of a tenant or a name, in characters.</summary>
    public const int MaxLength = 128;

    /// <summary>The rule for tenants and names, as the second half of a message.</summary>
    internal const string Rule =
        "must be 1 to 128 ASCII letters, digits or -._~:@, and not '.' or '..'. Choose another, such as a hash of it.";

    private static readonly SearchValues<char> Allowed = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~:@"
    );

    /// <summary>Creates the id of a session.</summary>
    /// <param name="tenant">
    /// The tenant: 1 to 128 ASCII letters, digits or <c>-._~:@</c>, but not <c>.</c> or <c>..</c>, which would refer to another folder if used as a file
    /// name.
    /// </param>
    /// <param name="name">The name within the tenant. The same rules apply.</param>
    /// <exception cref="ArgumentException">The tenant or the name is empty, too long, contains another character, or is <c>.</c> or <c>..</c>.</exception>
    public SessionId(string tenant, string name) => (Tenant, Name) = (Check(tenant, nameof(tenant)), Check(name, nameof(name)));

    /// <summary>The tenant. Sessions of one tenant are never listed for another.</summary>
    public string Tenant { get; }

    /// <summary>The name within the tenant.</summary>
    public string Name { get; }

    /// <summary>Returns true if <paramref name="text"/> can be a tenant or a name.</summary>
    public static bool IsValidPart([NotNullWhen(true)] string? text) =>
        text is { Length: > 0 and <= MaxLength } and not ("." or "..") && text.AsSpan().IndexOfAnyExcept(Allowed) < 0;

    /// <inheritdoc/>
    public int CompareTo(SessionId other) =>
        string.CompareOrdinal(Tenant, other.Tenant) is not 0 and var byTenant ? byTenant : string.CompareOrdinal(Name, other.Name);

    /// <summary>Returns true if <paramref name="left"/> sorts before <paramref name="right"/>.</summary>
    public static bool operator <(SessionId left, SessionId right) => left.CompareTo(right) < 0;

    /// <summary>Returns true if <paramref name="left"/> sorts after <paramref name="right"/>.</summary>
    public static bool operator >(SessionId left, SessionId right) => left.CompareTo(right) > 0;

    /// <summary>Returns true if <paramref name="left"/> does not sort after <paramref name="right"/>.</summary>
    public static bool operator <=(SessionId left, SessionId right) => left.CompareTo(right) <= 0;

    /// <summary>Returns true if <paramref name="left"/> does not sort before <paramref name="right"/>.</summary>
    public static bool operator >=(SessionId left, SessionId right) => left.CompareTo(right) >= 0;

    /// <summary>Returns <c>tenant/name</c>.</summary>
    public override string ToString() => $"{Tenant}/{Name}";

    private static string Check(string part, string what)
    {
        ArgumentNullException.ThrowIfNull(part, what);
        return IsValidPart(part) ? part : throw new ArgumentException($"The {what} cannot be used: a {what} {Rule}", what);
    }
}
