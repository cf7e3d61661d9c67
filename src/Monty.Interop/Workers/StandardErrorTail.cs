using System.Text;

namespace Monty.Interop.Workers;

/// <summary>The last bytes of a stream, for error messages.</summary>
internal sealed class StandardErrorTail
{
    private const int MaxBytes = 4096;
    private readonly byte[] bytes = new byte[MaxBytes];
    private int count;

    public void Append(ReadOnlySpan<byte> chunk)
    {
        if (chunk.Length > MaxBytes)
        {
            chunk = chunk[^MaxBytes..];
        }

        var dropped = Math.Max(0, count + chunk.Length - MaxBytes);
        bytes.AsSpan(dropped, count - dropped).CopyTo(bytes);
        count -= dropped;
        chunk.CopyTo(bytes.AsSpan(count));
        count += chunk.Length;
    }

    public override string ToString() => Encoding.UTF8.GetString(bytes, 0, count).Trim();
}
