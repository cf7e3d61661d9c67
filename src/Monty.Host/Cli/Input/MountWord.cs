using Monty.Interop;

namespace Monty.Host.Cli.Input;

/// <summary>One <c>host::virtual[::mode[::limit]]</c> of the command line.</summary>
internal static class MountWord
{
    private const string Form =
        "Write HOST::VIRTUAL, and behind it ::ro, ::rw or ::overlay, and ::LIMIT, such as ./data::/data::rw::10MB; ::/tmp is a folder in memory, ::/tmp::memory::10MB one that holds no more.";

    /// <exception cref="FormatException">It is not of this form, or there is no such folder.</exception>
    public static MontyMount Parse(string text)
    {
        var parts = text.Split("::");
        if (parts.Length is < 2 or > 4)
        {
            throw new FormatException($"'{text}' is not understood. {Form}");
        }

        var mode =
            parts.Length > 2 ? parts[2]
            : parts[0].Length == 0 ? "memory"
            : "ro";
        long? limit = parts.Length > 3 ? Quantity.Bytes(parts[3]) : null;
        try
        {
            return (mode, parts[0].Length) switch
            {
                ("memory", 0) => MontyMount.InMemory(parts[1], null, limit ?? DefaultInMemory),
                ("ro", > 0) when limit is null => MontyMount.ReadOnly(parts[0], parts[1]),
                ("ro", > 0) => throw new FormatException(
                    $"'{text}' limits what is written to a mount that cannot be written to. Leave the limit away, or mount it as rw or overlay."
                ),
                ("rw", > 0) => MontyMount.ReadWrite(parts[0], parts[1], limit),
                ("overlay", > 0) => MontyMount.Overlay(parts[0], parts[1], limit ?? DefaultInMemory),
                _ => throw new FormatException($"'{text}' has the mode '{mode}'{(parts[0].Length == 0 ? " and no folder" : "")}. {Form}"),
            };
        }
        catch (Exception refused) when (refused is ArgumentException or PlatformNotSupportedException)
        {
            throw new FormatException(
                refused is ArgumentException { ParamName: { } name }
                    ? refused.Message.Replace($" (Parameter '{name}')", "", StringComparison.Ordinal)
                    : refused.Message
            );
        }
    }

    private const long DefaultInMemory = 64L << 20;
}
