using System.Collections.Frozen;
using Monty.Interop;

namespace Monty.Actors.Tools;

/// <summary>The tools of an engine's sessions by name, including the built-in ones.</summary>
internal sealed class EngineTools
{
    public const string Now = "now";
    public const string NewId = "new_id";
    private readonly FrozenDictionary<string, DurableTool> tools;

    /// <exception cref="ArgumentException">Two tools, or classes that they name, have the same name.</exception>
    public EngineTools(IReadOnlyCollection<DurableTool> given, ToolSpec? others = null)
    {
        List<DurableTool> all = [.. given, .. Own.Where(o => given.All(t => t.Name != o.Name))];
        Catalog = new ToolCatalog(all.Select(t => t.Spec), others);
        Stubs = new MontyToolSet([.. all.Select(t => t.Declaration), .. Spot.Where(s => all.TrueForAll(t => t.Name != s.Name))]).Stubs;
        tools = all.ToFrozenDictionary(t => t.Name, StringComparer.Ordinal);
    }

    /// <summary>The tools as the session core knows them.</summary>
    public ToolCatalog Catalog { get; }

    /// <summary>The declarations for the type check of feeds.</summary>
    public string Stubs { get; }

    private static IEnumerable<DurableTool> Own => [DurableTool.Timer, DurableTool.Signal];

    /// <summary>The functions that are answered within the turn, as the type check knows them.</summary>
    private static IEnumerable<MontyTool> Spot =>
        [
            MontyTool.Sync(Now, static (_, _) => default, "def now() -> datetime.datetime: ..."),
            MontyTool.Sync(NewId, static (_, _) => default, "def new_id() -> str: ..."),
        ];

    /// <summary>Returns the tool with this name, or null.</summary>
    public DurableTool? Find(string name) => tools.GetValueOrDefault(name);

    /// <summary>Returns true if scripts can call the name.</summary>
    public bool Has(string name) => name is Now or NewId || tools.ContainsKey(name);
}
