namespace Monty.Interop.Os;

/// <summary>A set of paths that are hidden together with everything below them. It is a tree of names, so a lookup takes one step for each name.</summary>
internal sealed class HiddenPaths
{
    private readonly Dictionary<string, HiddenPaths> children = new(StringComparer.Ordinal);
    private bool isHidden;

    /// <summary>Returns true when the path or one of the directories above it is hidden.</summary>
    public bool Contains(ReadOnlySpan<string> path)
    {
        var node = this;
        foreach (var name in path)
        {
            if (node.isHidden)
            {
                return true;
            }

            if (!node.children.TryGetValue(name, out var next))
            {
                return false;
            }

            node = next;
        }

        return node.isHidden;
    }

    public void Add(ReadOnlySpan<string> path)
    {
        var node = this;
        foreach (var name in path)
        {
            if (!node.children.TryGetValue(name, out var next))
            {
                node.children[name] = next = new HiddenPaths();
            }

            node = next;
        }

        node.isHidden = true;
        node.children.Clear();
    }
}
