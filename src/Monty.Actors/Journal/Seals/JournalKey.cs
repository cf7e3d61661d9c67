namespace Monty.Actors;

/// <summary>A key that seals a journal, known by a number.</summary>
/// <remarks>Immutable and thread-safe. Its text is its number, never its secret.</remarks>
public sealed class JournalKey
{
    /// <summary>The shortest secret, in bytes.</summary>
    public const int MinSecretBytes = 32;

    /// <summary>A key.</summary>
    /// <param name="id">Its number, which every seal made with it carries. A number is not used again for another secret.</param>
    /// <param name="secret">32 random bytes or more; copied. Keep it out of the database and of logs.</param>
    /// <exception cref="ArgumentException">The secret is too short.</exception>
    public JournalKey(byte id, ReadOnlySpan<byte> secret)
    {
        if (secret.Length < MinSecretBytes)
        {
            throw new ArgumentException(
                $"A journal's key has {MinSecretBytes} bytes or more, and key {id} has {secret.Length}.",
                nameof(secret)
            );
        }

        (Id, Secret) = (id, secret.ToArray());
    }

    /// <summary>Its number.</summary>
    public byte Id { get; }

    internal byte[] Secret { get; }

    /// <summary>Its number.</summary>
    public override string ToString() => $"key {Id}";
}
