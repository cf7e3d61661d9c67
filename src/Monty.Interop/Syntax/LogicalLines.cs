namespace Monty.Interop.Syntax;

/// <summary>Python source divided into logical lines, up to its end or to the first place that cannot be divided.</summary>
/// <remarks>Linear in the source, without recursion.</remarks>
internal sealed class LogicalLines
{
    private const int TabStop = 8;

    private readonly string source;
    private readonly List<LogicalLine> lines = [];
    private readonly Stack<char> brackets = [];
    private int position;
    private bool endsJoined;

    private LogicalLines(string source) => this.source = source;

    /// <summary>The state at the end of the source.</summary>
    public SourceEnd End { get; private set; }

    /// <summary>The lines that hold more than blanks and comments. The last one may be incomplete.</summary>
    public IReadOnlyList<LogicalLine> Lines => lines;

    /// <summary>Returns the code with a line feed at the end of each line and without a byte order mark, as Python reads it.</summary>
    /// <remarks>Python ends lines with LF, CR LF and CR only: form feeds and the line separators of Unicode can stand inside a line.</remarks>
    public static string WithLineFeeds(string code) =>
        (code.StartsWith('\ufeff') ? code[1..] : code).Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n');

    /// <summary>Divides <paramref name="source"/>, whose lines end with line feeds.</summary>
    public static LogicalLines Read(string source)
    {
        var result = new LogicalLines(source);
        while (result.position < source.Length && result.End == SourceEnd.InLine)
        {
            result.ReadLine();
        }

        if (result.End == SourceEnd.InLine && source.EndsWith('\n') && !result.endsJoined)
        {
            result.End = SourceEnd.AtLineStart;
        }

        return result;
    }

    private void ReadLine()
    {
        var indent = ReadIndent();
        var tokens = new List<PythonToken>();
        while (position < source.Length && End == SourceEnd.InLine)
        {
            if (source[position] == '\n' && brackets.Count == 0)
            {
                position++;
                break;
            }

            ReadPiece(tokens);
        }

        if (End == SourceEnd.InLine && brackets.Count > 0)
        {
            End = SourceEnd.InBracket;
        }

        if (End == SourceEnd.InLine && tokens.Count > 0)
        {
            lines.Add(LogicalLine.Create(indent, source, tokens));
        }
    }

    private int ReadIndent()
    {
        var column = 0;
        for (; position < source.Length && source[position] is ' ' or '\t' or '\f'; position++)
        {
            column = source[position] switch
            {
                '\t' => (column / TabStop * TabStop) + TabStop,
                '\f' => 0,
                _ => column + 1,
            };
        }

        return column;
    }

    /// <summary>Reads blanks, a comment, the end of a joined line, or one token.</summary>
    private void ReadPiece(List<PythonToken> tokens)
    {
        switch (source[position])
        {
            case '#':
                position = source.IndexOf('\n', position) is var end and >= 0 ? end : source.Length;
                break;
            case '\\' when position + 1 == source.Length:
                End = brackets.Count > 0 ? SourceEnd.InBracket : SourceEnd.AfterBackslash;
                break;
            case '\\' when source[position + 1] == '\n':
                position += 2;
                endsJoined = position == source.Length;
                break;
            case '\\':
                End = SourceEnd.Broken;
                break;
            case var blank when char.IsWhiteSpace(blank):
                position++;
                break;
            default:
                ReadToken(tokens);
                break;
        }
    }

    private void ReadToken(List<PythonToken> tokens)
    {
        var (kind, end) = PythonLexeme.Read(source, position);
        if (kind == TokenKind.Open)
        {
            brackets.Push(source[position]);
        }
        else if (kind == TokenKind.Close && !ClosesLast(source[position]))
        {
            End = SourceEnd.Broken;
        }
        else if (kind == TokenKind.Text)
        {
            End = EndOfText();
        }

        tokens.Add(new PythonToken(kind, position, end));
        position = end;
    }

    private bool ClosesLast(char bracket) => brackets.TryPop(out var open) && (open, bracket) is ('(', ')') or ('[', ']') or ('{', '}');

    private SourceEnd EndOfText()
    {
        var quote = PythonLexeme.NameEnd(source, position);
        return StringToken.FindEnd(source, quote, source.AsSpan(position, quote - position)).Closure switch
        {
            StringClosure.Open => SourceEnd.InString,
            StringClosure.Broken => SourceEnd.Broken,
            _ => SourceEnd.InLine,
        };
    }
}

/// <summary>The state at the end of some source.</summary>
internal enum SourceEnd
{
    /// <summary>In the middle or at the end of a line that could continue.</summary>
    InLine,

    /// <summary>After the line feed of a complete line, which may be empty.</summary>
    AtLineStart,

    /// <summary>After a backslash that joins the next line to this one.</summary>
    AfterBackslash,

    /// <summary>Inside an open bracket.</summary>
    InBracket,

    /// <summary>Inside an open string.</summary>
    InString,

    /// <summary>At source that nothing can complete: a string that ended with its line, or a bracket that closes none.</summary>
    Broken,
}
