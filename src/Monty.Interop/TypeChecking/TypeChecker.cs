using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using Monty.Interop.Wire;
using Monty.Interop.Workers;

namespace Monty.Interop;

/// <summary>Checks code on a scratch worker without running it.</summary>
/// <remarks>
/// The code is fed behind a <c>match</c> statement, which the checker knows and the runtime's parser refuses before anything runs: a feed that
/// passes the check ends with that refusal (docs/concepts/wire.md, type checking). The lines of the findings are moved back by its three lines.
/// </remarks>
internal static partial class TypeChecker
{
    private const string NeverRuns = "match 0:\n    case _:\n        pass\n";
    private const int NeverRunsLines = 3;
    private const string Refusal = "does not yet support pattern matching";
    private const string TopLevelReturn = "`return` statement outside of a function"; // the engine runs it: it ends the feed with that value
    private const uint GitLabFormat = 8; // of the runtime's formats the one that tells errors from warnings and gives both ends of the range

    public static async Task<TypeCheckReport> CheckAsync(WorkerConnection worker, string code, TypeCheckOptions options, TimeSpan deadline, CancellationToken cancellationToken)
    {
        var stubs = options.Stubs is null ? "" : ValueEncoder.Text(options.Stubs, "stubs");
        if (stubs.Length > 0)
        {
            var broken = (await FindAsync(worker, stubs, "", "stubs", deadline, cancellationToken).ConfigureAwait(false)).Find(d => d.Rule == "invalid-syntax");
            if (broken is not null)
            {
                throw new ArgumentException($"The stubs are broken, and the checker would ignore them: line {broken.Start.Line}, column {broken.Start.Column}: {broken.Message}. Mend them first.");
            }
        }

        var declared = InputDeclarations.AddTo(stubs, options.Inputs);
        var found = await FindAsync(worker, ValueEncoder.Text(code, "code"), declared, options.ScriptName, deadline, cancellationToken).ConfigureAwait(false);
        return new TypeCheckReport(found.ToEquatableArray(), TypeDiagnosticText.Render(found, code));
    }

    private static async Task<List<TypeDiagnostic>> FindAsync(
        WorkerConnection worker, string code, string stubs, string scriptName, TimeSpan deadline, CancellationToken cancellationToken)
    {
        worker.SendForOk(new ParentRequest
        {
            Configure = new Configure
            {
                ScriptName = "code.py", ProtocolVersion = WorkerConnection.ProtocolVersion, TypeCheck = true, TypeCheckFormat = GitLabFormat, TypeCheckStubs = stubs,
            },
        });
        worker.Send(new ParentRequest { Feed = new Feed { Code = NeverRuns + code } });
        var reply = await worker.ReceiveAsync(null, deadline, cancellationToken).ConfigureAwait(false);
        worker.SendForOk(new ParentRequest { Reset = new Unit() });
        return reply.KindCase switch
        {
            ChildEvent.KindOneofCase.TypingError => Parse(worker.Read(reply, static r => r.Read(TypingError.Parser)).Diagnostics, scriptName),
            ChildEvent.KindOneofCase.Error => ReadRefusal(worker.Read(reply, static r => r.ReadError())),
            _ => throw new InvalidOperationException($"The runtime answered {reply.KindCase} to a type check, which must end without running the code. This runtime is not the one that the client pins."),
        };
    }

    /// <summary>No findings when the code passed and met the parser's refusal.</summary>
    private static List<TypeDiagnostic> ReadRefusal(Error reply) => reply.Exception?.Message?.Contains(Refusal, StringComparison.Ordinal) == true
        ? []
        : throw new ArgumentException($"The type checker failed: {ErrorDecoder.Decode(reply.Exception, new FeedNames()).TypeAndMessage}");

    private static List<TypeDiagnostic> Parse(string diagnostics, string scriptName)
    {
        var findings = JsonSerializer.Deserialize(diagnostics, FindingsContext.Default.ListFinding) ?? [];
        return [.. findings.Select(f => f.ToDiagnostic(scriptName)).Where(d => d.Message != TopLevelReturn).OrderBy(d => d.Start.Line).ThenBy(d => d.Start.Column)];
    }

    private sealed record Finding(
        [property: JsonPropertyName("check_name")] string Rule, [property: JsonPropertyName("description")] string Description,
        [property: JsonPropertyName("severity")] string Severity, [property: JsonPropertyName("location")] Place Location)
    {
        public TypeDiagnostic ToDiagnostic(string scriptName) => new(
            Rule,
            Rule == "revealed-type" ? TypeSeverity.Information : Severity switch { "info" => TypeSeverity.Information, "minor" => TypeSeverity.Warning, _ => TypeSeverity.Error },
            Description.StartsWith(Rule + ": ", StringComparison.Ordinal) ? Description[(Rule.Length + 2)..] : Description,
            scriptName, Location.Positions.Begin.Moved(), Location.Positions.End.Moved());
    }

    private sealed record Place([property: JsonPropertyName("positions")] Positions Positions);

    private sealed record Positions([property: JsonPropertyName("begin")] Position Begin, [property: JsonPropertyName("end")] Position End);

    private sealed record Position([property: JsonPropertyName("line")] int Line, [property: JsonPropertyName("column")] int Column)
    {
        public SourceLocation Moved() => new(Math.Max(1, Line - NeverRunsLines), Column);
    }

    [JsonSerializable(typeof(List<Finding>))]
    private sealed partial class FindingsContext : JsonSerializerContext;
}

/// <summary>Declares inputs for the checker, which knows nothing of them.</summary>
internal static class InputDeclarations
{
    public static string AddTo(string stubs, IReadOnlyDictionary<string, MontyValue>? inputs)
    {
        if (inputs is null || inputs.Count == 0) return stubs;
        var lines = inputs
            .Where(i => RuntimeNames.IsIdentifier(i.Key) && !Regex.IsMatch(stubs, $@"^(?:(?:async\s+)?def\s+|class\s+)?{Regex.Escape(i.Key)}\b", RegexOptions.Multiline))
            .Select(i => $"{i.Key}: {TypeOf(i.Value)}");
        return $"from typing import Any\n{stubs}\n{string.Join('\n', lines)}\n";
    }

    private static string TypeOf(MontyValue value) => value switch
    {
        MontyNone => "None",
        MontyBool => "bool",
        MontyInt => "int",
        MontyFloat => "float",
        MontyStr => "str",
        MontyBytes => "bytes",
        MontyList => "list[Any]",
        MontyTuple => "tuple[Any, ...]",
        MontyDict => "dict[Any, Any]",
        MontySet => "set[Any]",
        MontyFrozenSet => "frozenset[Any]",
        _ => "Any",
    };
}
