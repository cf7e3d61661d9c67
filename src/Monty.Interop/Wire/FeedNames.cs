using System.Globalization;

namespace Monty.Interop.Wire;

/// <summary>Which script each feed of a session was given as: the runtime only says <c>&lt;python-input-N&gt;</c>.</summary>
/// <remarks>The runtime counts every feed but an empty one, one that the type check refused, and one whose request it could not decode.</remarks>
internal sealed class FeedNames
{
    private const string Prefix = "<python-input-";

    /// <summary>What the runtime sends for a frame that it has no place for.</summary>
    private const string NoFile = "\0";

    private const string UnknownFile = "<unknown>";
    private readonly List<string?> names = []; // null for a feed of the client's own

    /// <summary>How many feeds the runtime has counted.</summary>
    public int Count => names.Count;

    public void Add(string name) => names.Add(name);

    /// <summary>Counts a feed of the client's own, whose frames are not shown.</summary>
    public void AddHidden() => names.Add(null);

    public void RemoveLast() => names.RemoveAt(names.Count - 1);

    public void Clear() => names.Clear();

    public void SaveTo(DumpEnvelope dump)
    {
        dump.FeedNames.AddRange(names.Select(name => name ?? ""));
        dump.HiddenFeeds.AddRange(Enumerable.Range(0, names.Count).Where(index => names[index] is null).Select(index => (uint)index));
    }

    public void Restore(DumpEnvelope dump)
    {
        names.Clear();
        names.AddRange(dump.FeedNames);
        foreach (var index in dump.HiddenFeeds.Where(index => index < names.Count))
        {
            names[(int)index] = null;
        }
    }

    /// <summary>Returns the name of the script that a frame is in; null for a feed whose frames are not shown.</summary>
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
