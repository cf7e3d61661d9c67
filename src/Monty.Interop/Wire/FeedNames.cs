using System.Globalization;

namespace Monty.Interop.Wire;

/// <summary>The script names of a session's feeds. In tracebacks, the runtime names the feeds <c>&lt;python-input-N&gt;</c>.</summary>
/// <remarks>The runtime does not count an empty feed, a feed that the type check refused, and a feed whose request it could not decode.</remarks>
internal sealed class FeedNames
{
    private const string Prefix = "<python-input-";

    /// <summary>The file name that the runtime sends for a frame without a known location.</summary>
    private const string NoFile = "\0";

    private const string UnknownFile = "<unknown>";
    private readonly List<string?> names = []; // null for a feed that the client itself ran

    /// <summary>The number of feeds that the runtime has counted.</summary>
    public int Count => names.Count;

    public void Add(string name) => names.Add(name);

    /// <summary>Counts a feed that the client itself ran, whose frames are hidden.</summary>
    public void AddHidden() => names.Add(null);

    public void RemoveLast() => names.RemoveAt(names.Count - 1);

    public void Clear() => names.Clear();

    public void SaveTo(DumpEnvelope dump)
    {
        for (var index = 0; index < names.Count; index++)
        {
            dump.FeedNames.Add(names[index] ?? "");
            if (names[index] is null)
            {
                dump.HiddenFeeds.Add((uint)index);
            }
        }
    }

    public void Restore(DumpEnvelope dump)
    {
        names.Clear();
        names.AddRange(dump.FeedNames);
        foreach (var index in dump.HiddenFeeds)
        {
            if (index < names.Count)
            {
                names[(int)index] = null;
            }
        }
    }

    /// <summary>Returns the script name for the runtime's name of a feed, null for a feed whose frames are hidden, and other names unchanged.</summary>
    public string? Map(string fileName)
    {
        if (fileName == NoFile)
        {
            return UnknownFile;
        }

        return
            fileName.StartsWith(Prefix, StringComparison.Ordinal)
            && fileName.EndsWith('>')
            && int.TryParse(
                fileName.AsSpan(Prefix.Length, fileName.Length - Prefix.Length - 1),
                NumberStyles.None,
                CultureInfo.InvariantCulture,
                out var index
            )
            && index < names.Count
            ? names[index]
            : fileName;
    }
}
