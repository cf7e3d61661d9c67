using System.Text.Json;
using Monty.Host.Ladder.Fixtures;
using Monty.Interop;

namespace Monty.Host.Ladder.Runs;

/// <summary>The answers of <c>osCallResponses</c>, in order.</summary>
internal sealed class OsAnswers(HostScript script)
{
    private int used;

    /// <summary>What was never used; null when nothing is left.</summary>
    public string? Left =>
        script.OsCalls.Count - used is > 0 and var left ? $"{left} of osCallResponses left over: the script made {used} OS calls" : null;

    public Reply Next(MontyOsCall call)
    {
        var operation = NameOf(call.Function);
        if (used == script.OsCalls.Count)
        {
            return Reply.Stuck($"there is no answer to OS call {used + 1}, {operation}");
        }

        var response = script.OsCalls[used++];
        if (response.Operation is { } wanted && wanted != operation)
        {
            return Reply.Stuck($"OS call {used} is {operation}, not {wanted}");
        }

        return Reply.From(response.Answer ?? MontyAnswer.Return(call.Function == OsFunction.Getenv ? call.Arguments[1] : MontyValue.None));
    }

    /// <summary>What fixtures call an OS function: <c>Path.stat</c> stands for <c>os.stat</c> too, and so on.</summary>
    private static string NameOf(OsFunction function) =>
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
