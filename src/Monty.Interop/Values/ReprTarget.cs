using System.Text;

namespace Monty.Interop.Values;

/// <summary>Receives a <c>repr</c> piece by piece, up to a maximum length, and keeps it, passes it on to a writer, or only counts it.</summary>
internal sealed class ReprTarget
{
    private const int PieceLength = 16 * 1024;

    private readonly long maxLength;
    private readonly TextWriter? writer;
    private readonly bool keepsText;
    private long flushedLength;

    private ReprTarget(StringBuilder text, long maxLength, TextWriter? writer, bool keepsText)
    {
        Text = text;
        this.maxLength = maxLength;
        this.writer = writer;
        this.keepsText = keepsText;
    }

    /// <summary>The text that was not flushed yet. Only short text is appended to it directly; a loop that does so calls <see cref="FlushIfLarge"/>.</summary>
    public StringBuilder Text { get; }

    public long Length => flushedLength + Text.Length;

    /// <summary>True when the text is longer than the maximum length, so that the rest of the value need not be visited.</summary>
    public bool IsFull => Length > maxLength;

    /// <summary>Returns a target that appends to <paramref name="text"/> and stops soon after <paramref name="maxLength"/> is exceeded.</summary>
    public static ReprTarget ForText(StringBuilder text, int maxLength) => new(text, maxLength, writer: null, keepsText: true);

    public static ReprTarget ForWriter(TextWriter writer) =>
        new(new StringBuilder(2 * PieceLength), long.MaxValue, writer, keepsText: false);

    /// <summary>Returns a target that only counts, and stops at most one piece after <paramref name="maxLength"/>.</summary>
    public static ReprTarget ForCounting(long maxLength) =>
        new(new StringBuilder(2 * PieceLength), maxLength, writer: null, keepsText: false);

    /// <summary>Makes room for <paramref name="length"/> more characters if the text is kept.</summary>
    public void EnsureCapacity(int length)
    {
        if (keepsText)
        {
            Text.EnsureCapacity((int)Math.Min(Text.Length + Math.Min(length, Math.Max(0, maxLength - Text.Length)) + 2, int.MaxValue));
        }
    }

    /// <summary>Appends a text of any length, until the target is full.</summary>
    public void Append(ReadOnlySpan<char> text)
    {
        while (!text.IsEmpty && !IsFull)
        {
            var piece = text[..(int)Math.Min(text.Length, keepsText ? maxLength - Length + 1 : PieceLength)];
            Text.Append(piece);
            text = text[piece.Length..];
            FlushIfLarge();
        }
    }

    /// <summary>Flushes the text if it is large and is not kept.</summary>
    public void FlushIfLarge()
    {
        if (!keepsText && Text.Length >= PieceLength)
        {
            Flush();
        }
    }

    /// <summary>Passes the text on to the writer, if there is one, and counts it.</summary>
    public void Flush()
    {
        writer?.Write(Text);
        flushedLength += Text.Length;
        Text.Clear();
    }
}
