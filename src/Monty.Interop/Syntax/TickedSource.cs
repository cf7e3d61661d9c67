using System.Globalization;
using System.Text;

namespace Monty.Interop.Syntax;

/// <summary>Source with a call before each statement that reports the next line, so that the host can follow the position of the code.</summary>
/// <remarks>Takes linear time. The statements of class bodies have no call before them, because the runtime does not allow calls there.</remarks>
internal sealed class TickedSource
{
    /// <summary>The function that is called with the line of the next statement, counted from 1.</summary>
    public const string Tick = "__monty_tick__";

    private const string Decorator = "@";
    private readonly string source;
    private readonly StringBuilder text = new();
    private readonly Stack<Block> blocks = new();
    private readonly Dictionary<int, Place> places = [];
    private int copied; // the length of the source that was copied to the text
    private int counted; // the position up to which lines were counted
    private int lineNumber = 1;

    private TickedSource(string source) => this.source = source;

    /// <summary>The source with the added calls.</summary>
    public string Text => text.ToString();

    /// <summary>Adds the calls to <paramref name="code"/>, whose lines end with LF, CR LF or CR.</summary>
    public static TickedSource Create(string code)
    {
        var result = new TickedSource(LogicalLines.WithLineFeeds(code));
        var isDecorated = false;
        foreach (var line in LogicalLines.Read(result.source).Lines)
        {
            result.Add(line, isDecorated);
            isDecorated = line.Clause == Decorator;
        }

        result.text.Append(result.source, result.copied, result.source.Length - result.copied);
        return result;
    }

    /// <summary>Returns the frame of the statement on a line that a call reported.</summary>
    public PythonFrame CreateFrame(int line, string scriptName)
    {
        if (!places.TryGetValue(line, out var place))
        {
            return new PythonFrame(scriptName, new SourceLocation(line, 1), new SourceLocation(line, 1));
        }

        var lineStart = source.LastIndexOf('\n', Math.Max(place.Start - 1, 0)) + 1;
        var lineEnd = source.IndexOf('\n', place.Start) is var end and >= 0 ? end : source.Length;
        return new PythonFrame(
            scriptName,
            new SourceLocation(line, place.Start - lineStart + 1),
            new SourceLocation(line, lineEnd - lineStart + 1),
            place.Function,
            source[lineStart..lineEnd]
        );
    }

    private void Add(LogicalLine line, bool isDecorated)
    {
        while (blocks.TryPeek(out var block) && line.Indent <= block.Indent)
        {
            blocks.Pop();
        }

        var start = line.Tokens[0].Start;
        lineNumber += source.AsSpan(counted, start - counted).Count('\n');
        counted = start;
        var call = string.Create(CultureInfo.InvariantCulture, $"{Tick}({lineNumber})");
        var isInClass = blocks.TryPeek(out var around) && around.IsClass;
        if (!isDecorated && !isInClass && !line.GoesOn && line.Clause != "case")
        {
            var lineStart = source.LastIndexOf('\n', Math.Max(start - 1, 0)) + 1;
            Insert(start, $"{call}\n{source[lineStart..start]}");
        }

        if (line.Clause is not (null or Decorator or "class") && !line.AwaitsBody)
        {
            Insert(line.Tokens[line.Colon].End, $" {call};");
        }

        places[lineNumber] = new Place(start, blocks.FirstOrDefault(b => !b.IsClass)?.Name ?? "<module>");
        if (line.Clause is "def" or "class")
        {
            var name = line.Tokens[source.AsSpan(start).StartsWith("async") ? 2 : 1];
            blocks.Push(new Block(line.Indent, source[name.Start..name.End], line.Clause == "class"));
        }
    }

    private void Insert(int position, string inserted)
    {
        text.Append(source, copied, position - copied).Append(inserted);
        copied = position;
    }

    private sealed record Block(int Indent, string Name, bool IsClass);

    private readonly record struct Place(int Start, string Function);
}
