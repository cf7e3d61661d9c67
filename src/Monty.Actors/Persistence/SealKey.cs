namespace Monty.Actors;

/// <summary>A secret for sealing stored data, identified by a number.</summary>
/// <remarks>Immutable and thread-safe. <see cref="ToString"/> returns the number and never the secret.</remarks>
public sealed class SealKey
{
    /// <summary>The minimum length of a secret, in bytes.</summary>
    public const int MinSecretBytes = 32;

    /// <summary>Creates a key.</summary>
    /// <param name="id">The number of the key, which is stored in every seal made with it. Never use a number again for another secret.</param>
    /// <param name="secret">At least 32 random bytes. They are copied. Keep them out of the database and out of logs.</param>
    /// <exception cref="ArgumentException">The secret is too short.</exception>
    public SealKey(byte id, ReadOnlySpan<byte> secret)
    {
        if (secret.Length < MinSecretBytes)
        {
            throw new ArgumentException(
                $"The secret of seal key {id} has {secret.Length} bytes. Use at least {MinSecretBytes} random bytes.",
                nameof(secret)
            );
        }

        Id = id;
        Secret = secret.ToArray();
    }

    /// <summary>The number of the key.</summary>
    public byte Id { get; }

    internal byte[] Secret { get; }

    /// <summary>Returns the number of the key as text.</summary>
    public override string ToString() => $"seal key {Id}";
}
