using System.Security.Cryptography;
using System.Text;

namespace Monty.Actors;

/// <summary>Computes the SHA-256 of several texts, each preceded by its length.</summary>
internal static class TextHash
{
    public static byte[] Compute(IEnumerable<string?> texts)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var text in texts)
        {
            var bytes = Encoding.UTF8.GetBytes(text ?? "");
            hash.AppendData(BitConverter.GetBytes(bytes.Length));
            hash.AppendData(bytes);
        }

        return hash.GetHashAndReset();
    }
}
