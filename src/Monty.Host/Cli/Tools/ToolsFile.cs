using System.Text.Json;
using Monty.Host.Cli.Input;
using Monty.Host.Cli.Streams;
using Monty.Interop;

namespace Monty.Host.Cli.Tools;

/// <summary>Reads a tools file, which defines tools that answer with constants. docs/how-to/run.md describes the format.</summary>
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

    /// <summary>Reads a tools file.</summary>
    /// <exception cref="BadInputException">The file cannot be read or has another format.</exception>
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
                throw new BadInputException($"{path}: expected an object with one key for each tool.");
            }

            return [.. document.RootElement.EnumerateObject().Select(member => ReadTool(member, path))];
        }
        catch (JsonException exception)
        {
            throw new BadInputException($"{path} is not valid JSON: {JsonProblem.Format(exception)}", exception);
        }
        catch (InvalidOperationException exception)
        {
            // JsonDocument accepts any escape sequence, and throws only when a string with a lone surrogate is read.
            throw new BadInputException(
                $"{path} is not valid JSON: a string or key in it is not valid Unicode, because it contains a lone surrogate.",
                exception
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
            throw tool.CreateException("the name of a tool must be a Python identifier that the runtime does not define itself");
        }

        var delay = tool.Milliseconds(DelayMs) ?? TimeSpan.Zero;
        var otherwise = tool.Has(Otherwise) ? ReadAnswer(tool.Object(Otherwise, Return, Raise, DelayMs), delay) : null;
        var choices = new[] { Return, Raise, ByArguments, InOrder }.Count(tool.Has);
        if (choices != 1)
        {
            throw tool.CreateException(
                $"a tool must have exactly one of {Return}, {Raise}, {ByArguments} and {InOrder}, and this one has {choices}"
            );
        }

        if (otherwise is not null && !tool.Has(ByArguments) && !tool.Has(InOrder))
        {
            throw tool.CreateException($"'{Otherwise}' is only allowed together with {ByArguments} or {InOrder}");
        }

        return new CannedTool(member.Name, tool.Flag(Async), ReadAnswers(tool, delay, otherwise));
    }

    private static ICannedAnswers ReadAnswers(StrictObject tool, TimeSpan delay, CannedAnswer? otherwise)
    {
        if (tool.Has(ByArguments))
        {
            var cases = tool.Objects(ByArguments, Args, Kwargs, Return, Raise, DelayMs);
            return new AnswersByArguments([.. cases.Select(c => new AnswerCase(ReadArguments(c), ReadAnswer(c, delay)))], otherwise);
        }

        return tool.Has(InOrder)
            ? new AnswersInOrder([.. tool.Objects(InOrder, Return, Raise, DelayMs).Select(a => ReadAnswer(a, delay))], otherwise)
            : new ConstantAnswer(ReadAnswer(tool, delay));
    }

    private static CannedAnswer ReadAnswer(StrictObject answer, TimeSpan delay)
    {
        if (answer.Has(Return) == answer.Has(Raise))
        {
            throw answer.CreateException($"an answer must have exactly one of {Return} and {Raise}");
        }

        var outcome = answer.Has(Return) ? MontyAnswer.Return(answer.Value(Return)) : ReadError(answer.Object(Raise, "type", "message"));
        return new CannedAnswer(outcome, answer.Milliseconds(DelayMs) ?? delay);
    }

    private static MontyAnswer ReadError(StrictObject error)
    {
        var type =
            error.Text("type")
            ?? throw error.CreateException("'type' is missing. Add the type of the Python exception to raise, such as ValueError");
        try
        {
            return MontyAnswer.Raise(new PythonException(type, error.Text("message")).Error);
        }
        catch (ArgumentException exception)
        {
            throw error.CreateException(exception.Message);
        }
    }

    private static ExpectedArguments ReadArguments(StrictObject answer)
    {
        if (!answer.Has(Args) && !answer.Has(Kwargs))
        {
            throw answer.CreateException(
                $"a case must have {Args}, {Kwargs} or both, which select the calls to answer. Use '{Otherwise}' for all other calls"
            );
        }

        var positional = answer.Has(Args) ? answer.Value(Args) : new MontyList([]);
        if (positional is not MontyList list)
        {
            throw answer.CreateException($"'{Args}' must be a list");
        }

        return new ExpectedArguments(list.Items, ReadKeywords(answer));
    }

    private static Dictionary<string, MontyValue> ReadKeywords(StrictObject answer)
    {
        var value = answer.Has(Kwargs) ? answer.Value(Kwargs) : MontyDict.Empty;
        var keywords = new Dictionary<string, MontyValue>();
        foreach (var (name, argument) in (value as MontyDict)?.Pairs ?? throw CreateException())
        {
            if (name is not MontyStr text || !keywords.TryAdd(text.Value, argument))
            {
                throw CreateException();
            }
        }

        return keywords;

        BadInputException CreateException() =>
            answer.CreateException($"'{Kwargs}' must be an object whose keys are the names of keyword arguments, without duplicates");
    }
}
