using System.Text.Json;
using Monty.Host.Cli.Input;
using Monty.Host.Cli.Streams;
using Monty.Interop;

namespace Monty.Host.Cli.Tools;

/// <summary>Reads <c>X.tools.json</c>: tools that answer with constants. docs/how-to/run.md describes the format.</summary>
internal static class ToolsFile
{
    public const string Otherwise = "otherwise";
    private const string Async = "async";
    private const string DelayMs = "delay_ms";
    private const string Return = "return";
    private const string Raise = "raise";
    private const string ByArguments = "by_arguments";
    private const string InOrder = "in_order";
    private const string Args = "args";
    private const string Kwargs = "kwargs";

    /// <summary>Reads a file.</summary>
    /// <exception cref="BadInputException">It cannot be read or is not by the format.</exception>
    public static IReadOnlyList<CannedTool> Read(string path) => Parse(TextInput.ReadFile(path, "tools file"), path);

    /// <inheritdoc cref="Read"/>
    public static IReadOnlyList<CannedTool> Parse(string json, string path)
    {
        try
        {
            using var document = JsonDocument.Parse(
                json,
                new JsonDocumentOptions { MaxDepth = MontyJson.MaxDepth, AllowDuplicateProperties = false }
            );
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                throw new BadInputException($"{path}: an object was expected, with one key for each tool.");
            }

            return [.. document.RootElement.EnumerateObject().Select(member => ReadTool(member, path))];
        }
        catch (JsonException broken)
        {
            throw new BadInputException($"{path} is not readable JSON: {JsonProblem.Format(broken)}", broken);
        }
        catch (InvalidOperationException broken)
        {
            // The reader takes any escape; only the text made of it is looked at.
            throw new BadInputException(
                $"{path} is not readable JSON: a text or key in it is not valid Unicode, it has a lone surrogate.",
                broken
            );
        }
    }

    private static CannedTool ReadTool(JsonProperty member, string path)
    {
        var tool = new StrictObject(
            member.Value,
            $"{path}: {VisibleText.Format(member.Name, 40)}",
            Async,
            DelayMs,
            Return,
            Raise,
            ByArguments,
            InOrder,
            Otherwise
        );
        if (!CannedTool.CanBeCalled(member.Name))
        {
            throw tool.Refuse("a tool's name must be a Python identifier that the runtime does not define itself");
        }

        var delay = tool.Milliseconds(DelayMs) ?? TimeSpan.Zero;
        var otherwise = tool.Has(Otherwise) ? ReadAnswer(tool.Object(Otherwise, Return, Raise, DelayMs), delay) : null;
        var choices = new[] { Return, Raise, ByArguments, InOrder }.Count(tool.Has);
        if (choices != 1)
        {
            throw tool.Refuse(
                $"exactly one of {Return}, {Raise}, {ByArguments} and {InOrder} says what it answers, and there are {choices}"
            );
        }

        if (otherwise is not null && !tool.Has(ByArguments) && !tool.Has(InOrder))
        {
            throw tool.Refuse($"'{Otherwise}' goes with {ByArguments} or {InOrder} only");
        }

        return new CannedTool(member.Name, tool.Flag(Async), ReadAnswers(tool, delay, otherwise));
    }

    private static ICannedAnswers ReadAnswers(StrictObject tool, TimeSpan delay, CannedAnswer? otherwise)
    {
        if (tool.Has(ByArguments))
        {
            var cases = tool.Objects(ByArguments, Args, Kwargs, Return, Raise, DelayMs);
            return new AnswersByArguments([.. cases.Select(c => (ReadArguments(c), ReadAnswer(c, delay)))], otherwise);
        }

        return tool.Has(InOrder)
            ? new AnswersInOrder([.. tool.Objects(InOrder, Return, Raise, DelayMs).Select(a => ReadAnswer(a, delay))], otherwise)
            : new SameAnswer(ReadAnswer(tool, delay));
    }

    private static CannedAnswer ReadAnswer(StrictObject answer, TimeSpan delay)
    {
        if (answer.Has(Return) == answer.Has(Raise))
        {
            throw answer.Refuse($"exactly one of {Return} and {Raise} is needed");
        }

        var outcome = answer.Has(Return) ? MontyAnswer.Return(answer.Value(Return)) : ReadError(answer.Object(Raise, "type", "message"));
        return new CannedAnswer(outcome, answer.Milliseconds(DelayMs) ?? delay);
    }

    private static MontyAnswer ReadError(StrictObject error)
    {
        var type = error.Text("type") ?? throw error.Refuse("'type' is missing: the Python exception to raise, such as ValueError");
        try
        {
            return MontyAnswer.Raise(new PythonException(type, error.Text("message")).Error);
        }
        catch (ArgumentException unknown)
        {
            throw error.Refuse(unknown.Message);
        }
    }

    private static ExpectedArguments ReadArguments(StrictObject answer)
    {
        if (!answer.Has(Args) && !answer.Has(Kwargs))
        {
            throw answer.Refuse($"{Args}, {Kwargs} or both say which calls it answers; for all others there is '{Otherwise}'");
        }

        var positional = answer.Has(Args) ? answer.Value(Args) : new MontyList([]);
        var keywords = answer.Has(Kwargs) ? answer.Value(Kwargs) : MontyDict.Empty;
        return new ExpectedArguments(
            positional is MontyList list ? list.Items : throw answer.Refuse($"'{Args}' must be a list"),
            keywords is MontyDict dict
            && dict.Pairs.All(p => p.Key is MontyStr)
            && dict.Pairs.DistinctBy(p => p.Key).Count() == dict.Pairs.Count
                ? dict.Pairs.ToDictionary(p => ((MontyStr)p.Key).Value, p => p.Value)
                : throw answer.Refuse($"'{Kwargs}' must be an object with the names of keyword arguments, each once")
        );
    }
}
