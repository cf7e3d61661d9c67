using Monty.Host.Cli.Streams;

namespace Monty.Host.Cli.Input;

/// <summary>A script, the name that its tracebacks show, and where its tools file would be.</summary>
/// <param name="Code">Python source.</param>
/// <param name="Name">As CPython has it: the path as given, <c>&lt;string&gt;</c> or <c>&lt;stdin&gt;</c>.</param>
/// <param name="ToolsFileBeside">The file that is read when it exists, or null.</param>
internal sealed record ScriptSource(string Code, string Name, string? ToolsFileBeside)
{
    private const string StandardInput = "-";

    public static ScriptSource FromFile(string path, Terminal terminal) =>
        path == StandardInput
            ? new ScriptSource(Lines(TextInput.Read(terminal.Input, "standard input")), "<stdin>", null)
            : new ScriptSource(Lines(TextInput.ReadFile(path, "script")), path, Path.ChangeExtension(path, ".tools.json"));

    public static ScriptSource FromCode(string code) => new(Lines(code), "<string>", null);

    /// <summary>Every line end as a line feed, as CPython reads source: the runtime would leave them in texts of several lines.</summary>
    private static string Lines(string text) => text.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n');
}
