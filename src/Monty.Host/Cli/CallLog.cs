using System.Diagnostics;
using Monty.Host.Cli.Streams;
using Monty.Interop;

namespace Monty.Host.Cli;

/// <summary>Writes one line for each answered call, and keeps the calls for the JSON result.</summary>
/// <param name="error">The writer for the lines.</param>
/// <param name="dimmed">True to write the lines in dim text.</param>
/// <param name="keepCalls">True to keep the calls.</param>
/// <remarks>Thread-safe: the calls of one <c>asyncio.gather</c> are answered on several threads.</remarks>
internal sealed class CallLog(TextWriter error, bool dimmed, bool keepCalls)
{
    private const int MaxCallLength = 100;
    private const int MaxAnswerLength = 80;
    private const int MaxFailureLength = 300;

    /// <summary>The maximum length of all kept calls, so that endless calls or large arguments cannot exhaust the host's memory.</summary>
    private const int MaxKeptLength = 16 << 20;

    private readonly Lock gate = new();
    private readonly List<LoggedCall> calls = [];
    private int remainingLength = keepCalls ? MaxKeptLength : 0;

    /// <summary>The calls so far, in the order in which they started. Empty unless calls are kept.</summary>
    public LoggedCalls Calls
    {
        get
        {
            lock (gate)
            {
                return new LoggedCalls([.. calls], keepCalls && remainingLength < 0);
            }
        }
    }

    public void Start(MontyFunctionCall call)
    {
        if (!keepCalls)
        {
            return;
        }

        lock (gate)
        {
            if (remainingLength < 0)
            {
                return;
            }

            remainingLength -= call.Display(remainingLength).Length;
            if (remainingLength >= 0)
            {
                calls.Add(new LoggedCall(call, null));
            }
        }
    }

    public void Answer(MontyFunctionCall call, MontyAnswer answer)
    {
        if (keepCalls)
        {
            lock (gate)
            {
                var index = calls.FindLastIndex(c => ReferenceEquals(c.Call, call));
                if (index >= 0)
                {
                    Keep(index, new LoggedCall(call, answer));
                }
            }
        }

        var outcome = answer switch
        {
            ReturnAnswer returned => VisibleText.Format(returned.Value.Display(MaxAnswerLength), MaxAnswerLength),
            RaiseAnswer raised => "raises " + VisibleText.Format(raised.Error.TypeAndMessage, MaxAnswerLength),
            NotFoundAnswer => "not found",
            _ => throw new UnreachableException(),
        };
        Write(call, outcome);
    }

    /// <summary>Logs a call whose script ended, or stopped waiting, before the answer was ready.</summary>
    public void Drop(MontyFunctionCall call) => Write(call, "dropped, as the script no longer waits for it");

    /// <summary>Logs an exception that a handler of this program threw. The script sees only the type of the Python exception.</summary>
    public void Fail(MontySuspension suspension, Exception exception)
    {
        var outcome = $"failed: {VisibleText.Format($"{exception.GetType().Name}: {exception.Message}", MaxFailureLength)}";
        if (suspension is MontyFunctionCall call)
        {
            Write(call, outcome);
        }
        else
        {
            Write($"[call] {(suspension is MontyOsCall os ? os.Function.ToString() : "name")} -> {outcome}");
        }
    }

    /// <summary>Keeps a call with its answer. If the answer is too large, this call and all later calls are left out.</summary>
    private void Keep(int index, LoggedCall answered)
    {
        remainingLength -= answered.Answer switch
        {
            ReturnAnswer returned => returned.Value.Display(Math.Max(remainingLength, 0)).Length,
            RaiseAnswer raised => raised.Error.Message?.Length ?? 0,
            _ => 0,
        };
        if (remainingLength >= 0)
        {
            calls[index] = answered;
        }
        else
        {
            calls.RemoveAt(index);
        }
    }

    private void Write(MontyFunctionCall call, string outcome) =>
        Write($"[call] {VisibleText.Format(call.Display(MaxCallLength), MaxCallLength)} -> {outcome}");

    private void Write(string line)
    {
        error.WriteLine(dimmed ? $"\e[2m{line}\e[22m" : line);
    }
}

/// <summary>The calls of a run.</summary>
/// <param name="Calls">The calls in the order in which they started.</param>
/// <param name="AreTruncated">True when the last calls were left out because the calls are too many or too large.</param>
internal sealed record LoggedCalls(IReadOnlyList<LoggedCall> Calls, bool AreTruncated);

/// <summary>One call of the script.</summary>
/// <param name="Call">The function and its arguments.</param>
/// <param name="Answer">A return value, an exception or "not found". Null while the call is not answered.</param>
internal sealed record LoggedCall(MontyFunctionCall Call, MontyAnswer? Answer);
