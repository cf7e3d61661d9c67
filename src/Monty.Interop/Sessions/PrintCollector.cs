using System.Text;

namespace Monty.Interop.Sessions;

/// <summary>Collects printed text up to a cap; past it the worker is killed, as nothing else stops code that prints without end.</summary>
internal sealed class PrintCollector(long maxBytes)
{
    private readonly StringBuilder text = new();
    private readonly PrintCounter counter = new(maxBytes);

    /// <exception cref="ArgumentOutOfRangeException">It is negative.</exception>
    public static long CheckCap(long maxPrintBytes) =>
        maxPrintBytes >= 0
            ? maxPrintBytes
            : throw new ArgumentOutOfRangeException(
                nameof(maxPrintBytes),
                maxPrintBytes,
                "MaxPrintBytes is negative; with 0 a script may not print at all."
            );

    /// <exception cref="PrintLimitException">The cap, or the longest string of .NET, is passed.</exception>
    public void Add(string chunk)
    {
        counter.Add(chunk);
        if ((long)text.Length + chunk.Length > SizeLimits.StringLength)
        {
            throw new PrintLimitException(
                $"the script printed more than the {SizeLimits.StringLength} characters of a .NET string; take the text as it comes with OnPrint"
            );
        }

        text.Append(chunk);
    }

    public override string ToString() => text.ToString();
}

/// <summary>Counts printed text that goes elsewhere, up to a cap.</summary>
internal sealed class PrintCounter(long maxBytes)
{
    private long bytes;

    /// <exception cref="PrintLimitException">The cap is passed.</exception>
    public void Add(string chunk)
    {
        bytes += Encoding.UTF8.GetByteCount(chunk);
        if (bytes > maxBytes)
        {
            throw new PrintLimitException(
                $"the script printed more than {maxBytes} bytes; raise MaxPrintBytes, or take the text as it comes with OnPrint"
            );
        }
    }
}

/// <summary>Thrown by a print sink to end the turn and its worker; it reaches users as a <see cref="MontyWorkerException"/>.</summary>
internal sealed class PrintLimitException(string message) : Exception(message);
