using Monty.Host.Cli.Streams;

namespace Monty.Host.Cli.Input;

/// <summary>A script, its name in tracebacks, and the default path of its tools file.</summary>
/// <param name="Code">The Python source.</param>
/// <param name="Name">The name that CPython would show: the path as given, <c>&lt;string&gt;</c> or <c>&lt;stdin&gt;</c>.</param>
/// <param name="DefaultToolsFile">The tools file to read if it exists, or null.</param>
internal sealed record ScriptSource(string Code, string Name, string? DefaultToolsFile)
{
    private const string StandardInput = "-";

    public static ScriptSource FromFile(string path, Terminal terminal) =>
        path == StandardInput
            ? new ScriptSource(NormalizeLineEndings(TextInput.Read(terminal.Input, "standard input")), "<stdin>", null)
            : new ScriptSource(NormalizeLineEndings(TextInput.ReadFile(path, "script")), path, Path.ChangeExtension(path, ".tools.json"));

    public static ScriptSource FromCode(string code) => new(NormalizeLineEndings(code), "<string>", null);

    /// <summary>Converts all line endings to line feeds, as CPython does when it reads source.</summary>
    /// <remarks>The runtime does not convert them, so carriage returns would remain in multiline strings.</remarks>
    private static string NormalizeLineEndings(string text) => text.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n');
}
