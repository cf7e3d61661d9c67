using System.Diagnostics;
using Monty.Host.Ladder.Fixtures;
using Monty.Interop;

namespace Monty.Host.Ladder.Runs;

/// <summary>The host of one fixture: it answers every suspension of the session as the fixture says, and remembers the calls.</summary>
internal sealed class ScriptedHost(HostScript script)
{
    /// <summary>A call of this name checks that exactly as many lines were printed before it as its argument says.</summary>
    private const string PrintedLines = "printed_lines";

    private readonly CallAnswers calls = new(script);
    private readonly OsAnswers osCalls = new(script);
    private readonly FutureAnswers? futures = script.Futures is null ? null : new(script.Futures);
    private readonly List<MontyFunctionCall> served = [];
    private readonly List<uint> callIds = [];

    public PrintedText Printed { get; } = new();

    /// <summary>The calls of functions and methods that the fixture offers.</summary>
    public IReadOnlyList<MontyFunctionCall> Served => served;

    /// <summary>The ids of these calls and of the OS calls, in order.</summary>
    public IReadOnlyList<uint> CallIds => callIds;

    /// <summary>Answers that the script did not ask for.</summary>
    public IEnumerable<string> Left => new[] { calls.Left, osCalls.Left, futures?.Left }.OfType<string>();

    public Reply Answer(MontySuspension suspension)
    {
        switch (suspension)
        {
            case MontyNameLookup lookup:
                return Reply.From(
                    lookup.ObjectId is null && script.Functions.Contains(lookup.Name)
                        ? MontyAnswer.Return(new MontyFunction(lookup.Name))
                        : MontyAnswer.NotFound
                );
            case MontyFunctionCall call:
                return Refusal(call) is { } refusal ? Reply.From(refusal) : Serve(call);
            case MontyOsCall call:
                callIds.Add(call.CallId);
                return osCalls.Next(call);
            case MontyResolveFutures waiting:
                return futures?.Settle(waiting) ?? Reply.Stuck("the script awaits a call that was answered at once");
            default:
                throw new UnreachableException();
        }
    }

    /// <summary>The answer to a call of what the fixture does not offer, which uses up nothing; null for what it does.</summary>
    private MontyAnswer? Refusal(MontyFunctionCall call)
    {
        if (call.ObjectId is not { } id)
        {
            return script.Functions.Contains(call.Name) ? null : MontyAnswer.NotFound;
        }

        var lent = script.Objects.FirstOrDefault(o => o.Instance.InstanceId == id || o.Instance.Type.Id == id);
        return lent?.Methods.Contains(call.Name) == true
            ? null
            : MontyAnswer.Raise("AttributeError", $"'{lent?.Name ?? "object"}' object has no attribute '{call.Name}'");
    }

    private Reply Serve(MontyFunctionCall call)
    {
        served.Add(call);
        callIds.Add(call.CallId);
        if (call.Name == PrintedLines)
        {
            var arrived = Printed.Lines.Count;
            if (call.Arguments is not [MontyInt said] || said.Value != arrived)
            {
                return Reply.Stuck($"{call.Display()} was called when {arrived} lines had arrived");
            }
        }

        return futures is not null ? Reply.From(MontyAnswer.Future) : calls.Next(call);
    }
}
