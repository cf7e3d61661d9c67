namespace Monty.Actors;

/// <summary>A secret that seals what is stored, known by a number.</summary>
/// <remarks>Immutable and thread-safe. Its text is its number, never its secret.</remarks>
public sealed class SealKey
{
    /// <summary>The shortest secret, in bytes.</summary>
    public const int MinSecretBytes = 32;

    /// <summary>Creates a key.</summary>
    /// <param name="id">Its number, which every seal made with it carries. Never use a number again for another secret.</param>
    /// <param name="secret">32 random bytes or more; copied. Keep it out of the database and out of logs.</param>
    /// <exception cref="ArgumentException">The secret is too short.</exception>
    public SealKey(byte id, ReadOnlySpan<byte> secret)
    {
        if (secret.Length < MinSecretBytes)
        {
            throw new ArgumentException(
                $"Seal key {id} has a secret of {secret.Length} bytes. Use {MinSecretBytes} random bytes or more.",
                nameof(secret)
            );
        }

        Id = id;
        Secret = secret.ToArray();
    }

    /// <summary>Its number.</summary>
    public byte Id { get; }

    internal byte[] Secret { get; }

    /// <summary>Its number.</summary>
    public override string ToString() => $"seal key {Id}";
}
