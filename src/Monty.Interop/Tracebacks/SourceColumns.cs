using System.Text;

namespace Monty.Interop.Tracebacks;

/// <summary>Translates between the columns of a line of source, which count characters, and the UTF-16 units of its text.</summary>
internal sealed class SourceColumns
{
    private readonly int length;

    /// <summary>The offset of each character, then the end of the line. Null when every character is one unit.</summary>
    private readonly List<int>? offsets;

    public SourceColumns(string line)
    {
        length = line.Length;
        if (line.AsSpan().IndexOfAnyInRange('\ud800', '\udfff') < 0)
        {
            return;
        }

        offsets = [];
        for (var offset = 0; offset < line.Length; )
        {
            offsets.Add(offset);
            Rune.DecodeFromUtf16(line.AsSpan(offset), out _, out var used);
            offset += used;
        }

        offsets.Add(length);
    }

    /// <summary>The number of characters.</summary>
    public int Count => offsets?.Count - 1 ?? length;

    /// <summary>Returns the offset of a column, counted from 0, or null when the line has no such column. The end counts as a column.</summary>
    public int? OffsetOf(long column) => column < 0 || column > Count ? null : offsets?[(int)column] ?? (int)column;

    /// <summary>Returns the column, counted from 0, that starts at <paramref name="offset"/>.</summary>
    public int ColumnOf(int offset) => offsets?.BinarySearch(offset) is { } index ? Math.Max(index, ~index) : offset;
}
