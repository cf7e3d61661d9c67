using Monty.Interop.Tools;

namespace Monty.Interop.TypeChecking;

/// <summary>Declares the tools that the given stubs leave out, so that the checker does not report them as undefined.</summary>
internal static class ToolDeclarations
{
    /// <summary>Returns the stubs unchanged, followed by a declaration of every tool that they leave out.</summary>
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
