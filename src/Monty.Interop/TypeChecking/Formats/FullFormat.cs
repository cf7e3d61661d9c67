using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Monty.Interop.TypeChecking.Formats;

/// <summary>Splits the runtime's full text into blocks, and moves them from the lines of the module to those of its scripts.</summary>
internal static partial class FullFormat
{
    private const string Color = @"(?:\e\[[0-9;]*m)*";

    public static string Write(IEnumerable<Finding> findings, bool color)
    {
        var text = string.Concat(findings.Select(f => f.Block));
        return color ? text : Colors().Replace(text, "");
    }

    /// <summary>Returns the block of each finding, in their order. The count is wrong where a message reads like the start of a block.</summary>
    public static List<string> SplitBlocks(string text) => [.. BlockStarts().Split(text).Where(b => b.Length > 0)];

    /// <summary>Returns a block with the names and line numbers of the scripts, and margins of the width that these numbers need.</summary>
    public static string MapLocations(string block, string moduleName, CheckedModule module)
    {
        var moved = new StringBuilder();
        var excerpt = new List<string>();
        foreach (var line in block.Split('\n'))
        {
            if (Margin().IsMatch(line))
            {
                excerpt.Add(line);
                continue;
            }

            AppendExcerpt(moved, excerpt, moduleName, module);
            excerpt.Clear();
            moved.Append(line).Append('\n');
        }

        AppendExcerpt(moved, excerpt, moduleName, module);
        return moved.ToString()[..^1];
    }

    private static void AppendExcerpt(StringBuilder moved, List<string> excerpt, string moduleName, CheckedModule module)
    {
        var fileName = moduleName; // the excerpt of a fix does not name its file
        var lines = new List<(string Number, string Before, string After)>();
        var isFix = !excerpt.Exists(l => Place().IsMatch(l[Margin().Match(l).Length..]));
        foreach (var line in excerpt)
        {
            var parts = Margin().Match(line);
            var after = line[parts.Length..];
            var number = parts.Groups["margin"].Value.Trim();
            if (Place().Match(after) is { Success: true } place)
            {
                fileName = place.Groups["file"].Value;
                if (fileName == moduleName)
                {
                    var (name, scriptLine) = module.Map(int.Parse(place.Groups["line"].Value, CultureInfo.InvariantCulture));
                    after = $"{place.Groups["arrow"].Value}{name}:{scriptLine}:{place.Groups["column"].Value}";
                }
            }
            else if (number.Length > 0 && fileName == moduleName)
            {
                var moduleLine = int.Parse(number, CultureInfo.InvariantCulture);
                if (isFix && !module.IsInCode(moduleLine))
                {
                    continue; // the lines around a fix may be blank ones of another part
                }

                number = module.Map(moduleLine).Line.ToString(CultureInfo.InvariantCulture);
            }

            lines.Add((number, parts.Groups["before"].Value, after));
        }

        var width = lines.Select(l => l.Number.Length).DefaultIfEmpty().Max();
        foreach (var (number, before, after) in lines)
        {
            moved.Append(before).Append(isFix ? number.PadRight(width) : number.PadLeft(width)).Append(after).Append('\n');
        }
    }

    [GeneratedRegex(@"\e\[[0-9;]*m")]
    private static partial Regex Colors();

    [GeneratedRegex(@"(?<=\A|\n\n)(?=" + Color + @"(?:fatal|error|warning|info)\[)")]
    private static partial Regex BlockStarts();

    /// <summary>The margin of a line: its number or blanks, before a bar, an arrow, or the sign of a fix.</summary>
    [GeneratedRegex(
        @"^(?<before>"
            + Color
            + @")(?<margin>[ 0-9]+?)(?="
            + Color
            + @"(?:-->|:::) )|^(?<before>"
            + Color
            + @")(?<margin>[ 0-9]+?)(?="
            + Color
            + " "
            + Color
            + @"[|+-](?:"
            + Color
            + @")(?: |$))"
    )]
    private static partial Regex Margin();

    /// <summary>The rest of a line that names a place, after its margin. It is anchored, as a line of source may hold any number of arrows.</summary>
    [GeneratedRegex(@"\A(?<arrow>" + Color + @"(?:-->|:::) " + Color + @")(?<file>.+):(?<line>\d+):(?<column>\d+)$")]
    private static partial Regex Place();
}
