using Monty.Interop;

namespace Monty.Host.Cli.Input;

/// <summary>Parses the value of <c>--mount</c>: <c>host::virtual[::mode[::limit]]</c>.</summary>
internal static class MountOption
{
    private const string Syntax =
        "Write HOST::VIRTUAL[::MODE[::LIMIT]] with the mode ro, rw or overlay, such as ./data::/data::rw::10MB. "
        + "For a folder in memory write ::/tmp, or ::/tmp::memory::10MB to limit its size.";

    private const long DefaultMemoryLimit = 64L << 20;

    /// <summary>Parses one mount.</summary>
    /// <exception cref="FormatException">The text has another syntax, or the host folder does not exist.</exception>
    public static MontyMount Parse(string text)
    {
        var parts = text.Split("::");
        if (parts.Length is < 2 or > 4)
        {
            throw new FormatException($"'{text}' is not a mount. {Syntax}");
        }

        var hostFolder = parts[0];
        var defaultMode = hostFolder.Length == 0 ? "memory" : "ro";
        var mode = parts.Length > 2 ? parts[2] : defaultMode;
        long? limit = parts.Length > 3 ? Quantity.ParseBytes(parts[3]) : null;
        if (mode == "ro" && hostFolder.Length > 0 && limit is not null)
        {
            throw new FormatException(
                $"'{text}' sets a limit on writes, but the mode 'ro' does not allow writes. Remove the limit, or use the mode rw or overlay."
            );
        }

        try
        {
            return (mode, hostFolder.Length) switch
            {
                ("memory", 0) => MontyMount.InMemory(parts[1], null, limit ?? DefaultMemoryLimit),
                ("ro", > 0) => MontyMount.ReadOnly(hostFolder, parts[1]),
                ("rw", > 0) => MontyMount.ReadWrite(hostFolder, parts[1], limit),
                ("overlay", > 0) => MontyMount.Overlay(hostFolder, parts[1], limit ?? DefaultMemoryLimit),
                (_, 0) => throw new FormatException($"'{text}' has the mode '{mode}' and no host folder. {Syntax}"),
                _ => throw new FormatException($"'{text}' has the unknown mode '{mode}'. {Syntax}"),
            };
        }
        catch (Exception exception) when (exception is ArgumentException or PlatformNotSupportedException)
        {
            throw new FormatException(WithoutParameterName(exception));
        }
    }

    private static string WithoutParameterName(Exception exception) =>
        exception is ArgumentException { ParamName: { } name }
            ? exception.Message.Replace($" (Parameter '{name}')", "", StringComparison.Ordinal)
            : exception.Message;
}
