using System.Text;

namespace Monty.Interop.Sessions;

/// <summary>Collects printed text up to a limit. Beyond it the worker is killed, because nothing else can stop a script that prints endlessly.</summary>
internal sealed class PrintCollector(long maxBytes)
{
    private readonly StringBuilder text = new();
    private readonly PrintCounter counter = new(maxBytes);

    /// <exception cref="ArgumentOutOfRangeException">The limit is negative.</exception>
    public static long CheckCap(long maxPrintBytes) =>
        maxPrintBytes >= 0
            ? maxPrintBytes
            : throw new ArgumentOutOfRangeException(
                nameof(maxPrintBytes),
                maxPrintBytes,
                "MaxPrintBytes is negative. Set 0 to forbid printing, or a positive number of bytes."
            );

    /// <exception cref="PrintLimitException">The text is over the limit, or longer than a .NET string can be.</exception>
    public void Add(string chunk)
    {
        counter.Add(chunk);
        if ((long)text.Length + chunk.Length > SizeLimits.StringLength)
        {
            throw new PrintLimitException(
                $"the script printed more than the {SizeLimits.StringLength} characters that a .NET string can hold; receive the text as it arrives with OnPrint"
            );
        }

        text.Append(chunk);
    }

    public override string ToString() => text.ToString();
}

/// <summary>Counts printed text that is not collected, up to a limit.</summary>
internal sealed class PrintCounter(long maxBytes)
{
    private long bytes;

    /// <exception cref="PrintLimitException">The text is over the limit.</exception>
    public void Add(string chunk)
    {
        bytes += Encoding.UTF8.GetByteCount(chunk);
        if (bytes > maxBytes)
        {
            throw new PrintLimitException(
                $"the script printed more than {maxBytes} bytes; raise MaxPrintBytes, or receive the text as it arrives with OnPrint"
            );
        }
    }
}

/// <summary>Thrown by a print sink to end the turn and its worker. Users see a <see cref="MontyWorkerException"/>.</summary>
internal sealed class PrintLimitException(string message) : Exception(message);
