using System.Security.Cryptography;
using System.Text;

namespace Monty.Actors.Persistence;

/// <summary>Creates the persistence id of a session: a readable prefix and a hash of the exact id.</summary>
/// <remarks>
/// Some databases compare text without case, and limit keys to 255 characters. The hash keeps <c>acme/Trip</c> and <c>acme/trip</c>
/// apart everywhere, and keeps long ids within the limit.
/// </remarks>
internal static class PersistenceIds
{
    private const int MaxPrefix = 180;

    /// <summary>Returns the persistence id of a session.</summary>
    public static string For(SessionId session)
    {
        var id = session.ToString();
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(id)).AsSpan(0, 16));
        return $"{(id.Length <= MaxPrefix ? id : id[..MaxPrefix])}#{hash}";
    }
}
