using System.Collections.Frozen;
using Monty.Interop;
using Monty.Interop.Tools;

namespace Monty.Actors.Tools;

/// <summary>The tools of an engine's sessions by name, its own among them.</summary>
internal sealed class EngineTools
{
    public const string Now = "now";
    public const string NewId = "new_id";
    private readonly FrozenDictionary<string, DurableTool> tools;

    /// <exception cref="ArgumentException">Two tools, or classes that they name, have one name.</exception>
    public EngineTools(IReadOnlyCollection<DurableTool> given, ToolSpec? others = null)
    {
        List<DurableTool> all = [.. given, .. Own.Where(o => given.All(t => t.Name != o.Name))];
        Catalog = new ToolCatalog(all.Select(t => t.Spec), others);
        Stubs = MontyToolStubs.Render([.. all.Select(t => t.Declaration), .. Spot.Where(s => all.TrueForAll(t => t.Name != s.Name))]);
        tools = all.ToFrozenDictionary(t => t.Name, StringComparer.Ordinal);
    }

    /// <summary>What the session core knows of them.</summary>
    public ToolCatalog Catalog { get; }

    /// <summary>Their declarations for the type check of feeds.</summary>
    public string Stubs { get; }

    private static IEnumerable<DurableTool> Own => [DurableTool.Timer, DurableTool.Signal];

    /// <summary>What is answered within the turn, as the type check knows it.</summary>
    private static IEnumerable<MontyTool> Spot =>
        [
            MontyTool.Sync(Now, static (_, _) => default, "def now() -> datetime.datetime: ..."),
            MontyTool.Sync(NewId, static (_, _) => default, "def new_id() -> str: ..."),
        ];

    /// <summary>The tool of this name, or null.</summary>
    public DurableTool? Find(string name) => tools.GetValueOrDefault(name);

    /// <summary>True when scripts can call the name.</summary>
    public bool Has(string name) => name is Now or NewId || tools.ContainsKey(name);
}
