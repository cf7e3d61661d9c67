namespace Monty.Interop.Os;

/// <summary>Paths that are hidden with everything below them, as a tree of names: asking costs a step for each name.</summary>
internal sealed class HiddenPaths
{
    private readonly Dictionary<string, HiddenPaths> below = new(StringComparer.Ordinal);
    private bool isHidden;

    public bool Covers(ReadOnlySpan<string> path)
    {
        var at = this;
        foreach (var name in path)
        {
            if (at.isHidden)
            {
                return true;
            }

            if (!at.below.TryGetValue(name, out var next))
            {
                return false;
            }

            at = next;
        }

        return at.isHidden;
    }

    public void Add(ReadOnlySpan<string> path)
    {
        var at = this;
        foreach (var name in path)
        {
            if (!at.below.TryGetValue(name, out var next))
            {
                at.below[name] = next = new HiddenPaths();
            }

            at = next;
        }

        at.isHidden = true;
        at.below.Clear();
    }
}
