using System.Text.Json;
using Monty.Host.Ladder.Fixtures;
using Monty.Interop;

namespace Monty.Host.Ladder.Runs;

/// <summary>The answers of <c>osCallResponses</c>, in order.</summary>
internal sealed class OsAnswers(HostScript script)
{
    private int used;

    /// <summary>A message about the answers that were not used, or null if all answers were used.</summary>
    public string? Unused
    {
        get
        {
            var unused = script.OsCalls.Count - used;
            return unused > 0 ? $"the script made {used} OS call(s), so {unused} item(s) of osCallResponses were not used" : null;
        }
    }

    public Reply Next(MontyOsCall call)
    {
        var operation = GetName(call.Function);
        if (used == script.OsCalls.Count)
        {
            return Reply.CannotAnswer($"the fixture has no answer to OS call {used + 1}, {operation}");
        }

        var response = script.OsCalls[used];
        used++;
        if (response.Operation is { } expected && expected != operation)
        {
            return Reply.CannotAnswer($"OS call {used} is {operation}, not {expected}");
        }

        return Reply.From(response.Answer ?? GetDefaultAnswer(call));
    }

    private static MontyAnswer GetDefaultAnswer(MontyOsCall call) =>
        MontyAnswer.Return(call.Function == OsFunction.Getenv ? call.Arguments[1] : MontyValue.None);

    /// <summary>Returns the name of an OS function in fixtures. For example, <c>Path.stat</c> also stands for <c>os.stat</c>.</summary>
    private static string GetName(OsFunction function) =>
        function switch
        {
            OsFunction.Getenv => "os.getenv",
            OsFunction.Environ => "os.environ",
            OsFunction.DateToday => "date.today",
            OsFunction.DateTimeNow => "datetime.now",
            OsFunction.Open => "open",
            _ => "Path." + JsonNamingPolicy.SnakeCaseLower.ConvertName(function.ToString()),
        };
}
