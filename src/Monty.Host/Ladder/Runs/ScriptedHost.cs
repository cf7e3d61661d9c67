using System.Diagnostics;
using Monty.Host.Ladder.Fixtures;
using Monty.Interop;

namespace Monty.Host.Ladder.Runs;

/// <summary>The host of one fixture. It answers every suspension of the session, and records the calls.</summary>
internal sealed class ScriptedHost(HostScript script)
{
    /// <summary>The name of a function that checks the number of lines printed so far. Its argument is the expected number.</summary>
    private const string PrintedLines = "printed_lines";

    private readonly CallAnswers calls = new(script);
    private readonly OsAnswers osCalls = new(script);
    private readonly FutureAnswers? futures = script.Futures is null ? null : new(script.Futures);
    private readonly List<MontyFunctionCall> served = [];
    private readonly List<uint> callIds = [];

    public PrintedText Printed { get; } = new();

    /// <summary>The answered calls of the fixture's functions and methods.</summary>
    public IReadOnlyList<MontyFunctionCall> ServedCalls => served;

    /// <summary>The ids of these calls and of the OS calls, in order.</summary>
    public IReadOnlyList<uint> CallIds => callIds;

    /// <summary>Messages about the answers that were not used.</summary>
    public IEnumerable<string> UnusedAnswers => new[] { calls.Unused, osCalls.Unused, futures?.Unused }.OfType<string>();

    public Reply Answer(MontySuspension suspension)
    {
        switch (suspension)
        {
            case MontyNameLookup lookup:
                var isFunction = lookup.ObjectId is null && script.Functions.Contains(lookup.Name);
                return Reply.From(isFunction ? MontyAnswer.Return(new MontyFunction(lookup.Name)) : MontyAnswer.NotFound);
            case MontyFunctionCall call:
                return GetRefusal(call) is { } refusal ? Reply.From(refusal) : Serve(call);
            case MontyOsCall call:
                callIds.Add(call.CallId);
                return osCalls.Next(call);
            case MontyResolveFutures resolveFutures:
                return futures?.Resolve(resolveFutures)
                    ?? Reply.CannotAnswer("the script awaits a call, but the fixture has no outcomes for futures");
            default:
                throw new UnreachableException();
        }
    }

    /// <summary>Returns the answer to a call of a function or method that the fixture does not have, or null if the fixture has it.</summary>
    /// <remarks>Such a call does not use any answer of the fixture.</remarks>
    private MontyAnswer? GetRefusal(MontyFunctionCall call)
    {
        if (call.ObjectId is not { } id)
        {
            return script.Functions.Contains(call.Name) ? null : MontyAnswer.NotFound;
        }

        var hostObject = script.Objects.FirstOrDefault(o => o.Instance.InstanceId == id || o.Instance.Type.Id == id);
        return hostObject?.Methods.Contains(call.Name) == true
            ? null
            : MontyAnswer.Raise("AttributeError", $"'{hostObject?.Name ?? "object"}' object has no attribute '{call.Name}'");
    }

    private Reply Serve(MontyFunctionCall call)
    {
        served.Add(call);
        callIds.Add(call.CallId);
        if (call.Name == PrintedLines)
        {
            var actual = Printed.Lines.Count;
            if (call.Arguments is not [MontyInt expected] || expected.Value != actual)
            {
                return Reply.CannotAnswer($"{call.Display()} was called, but {actual} lines had been printed");
            }
        }

        return futures is not null ? Reply.From(MontyAnswer.Future) : calls.Next(call);
    }
}
