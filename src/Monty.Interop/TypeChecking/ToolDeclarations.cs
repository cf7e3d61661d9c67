using Monty.Interop.Tools;

namespace Monty.Interop.TypeChecking;

/// <summary>Declares tools for the type check as far as the given stubs do not, so that it does not call them undefined.</summary>
internal static class ToolDeclarations
{
    /// <summary>The stubs, unchanged, and after them a declaration of every tool that they leave out.</summary>
    public static string AddMissing(string stubs, IReadOnlyCollection<MontyTool> tools)
    {
        if (tools.Count == 0)
        {
            return stubs;
        }

        var declared = DeclaredNames.In(stubs);
        var missing = tools.Where(t => !declared.Contains(t.Name)).ToList();
        if (missing.Count == 0)
        {
            return stubs;
        }

        var declarations = MontyToolStubs.Render(missing.Count == tools.Count ? tools : missing);
        return stubs.Length == 0 || stubs.EndsWith('\n') ? stubs + declarations : stubs + "\n" + declarations;
    }
}
