using System.Text;

namespace Monty.Interop.Values;

/// <summary>Takes a <c>repr</c> piece by piece, up to a length: keeps it, passes it on, or only counts it.</summary>
internal sealed class ReprTarget
{
    private const int PieceLength = 16 * 1024;

    private readonly long maxLength;
    private readonly TextWriter? writer;
    private readonly bool keeps;
    private long passedOn;

    private ReprTarget(StringBuilder text, long maxLength, TextWriter? writer, bool keeps)
    {
        Text = text;
        this.maxLength = maxLength;
        this.writer = writer;
        this.keeps = keeps;
    }

    /// <summary>The end of the text so far. What is appended here directly is short; <see cref="Drain"/> follows where it adds up.</summary>
    public StringBuilder Text { get; }

    public long Length => passedOn + Text.Length;

    /// <summary>True when the text is longer than was asked for: what follows is not looked at.</summary>
    public bool IsFull => Length > maxLength;

    /// <summary>Keeps the text, or the beginning of it that is longer than <paramref name="maxLength"/>.</summary>
    public static ReprTarget Keep(StringBuilder text, int maxLength) => new(text, maxLength, writer: null, keeps: true);

    public static ReprTarget PassTo(TextWriter writer) => new(new StringBuilder(2 * PieceLength), long.MaxValue, writer, keeps: false);

    /// <summary>Counts as far as <paramref name="maxLength"/> and a piece further.</summary>
    public static ReprTarget Count(long maxLength) => new(new StringBuilder(2 * PieceLength), maxLength, writer: null, keeps: false);

    /// <summary>Makes room for a text that is kept.</summary>
    public void Expect(int length)
    {
        if (keeps)
        {
            Text.EnsureCapacity((int)Math.Min(Text.Length + Math.Min(length, Math.Max(0, maxLength - Text.Length)) + 2, int.MaxValue));
        }
    }

    /// <summary>Appends a text of any length, or the beginning of it that fills the target.</summary>
    public void Append(ReadOnlySpan<char> text)
    {
        while (!text.IsEmpty && !IsFull)
        {
            var piece = text[..(int)Math.Min(text.Length, keeps ? maxLength - Length + 1 : PieceLength)];
            Text.Append(piece);
            text = text[piece.Length..];
            Drain();
        }
    }

    /// <summary>Lets go of the text so far where it is not kept.</summary>
    public void Drain()
    {
        if (!keeps && Text.Length >= PieceLength)
        {
            Flush();
        }
    }

    /// <summary>Passes on what is left.</summary>
    public void Flush()
    {
        writer?.Write(Text);
        passedOn += Text.Length;
        Text.Clear();
    }
}
