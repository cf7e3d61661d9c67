using System.Diagnostics;
using Monty.Host.Cli.Streams;
using Monty.Interop;

namespace Monty.Host.Cli;

/// <summary>What the script called and what it got: one quiet line for each call when it is answered, and all of them for the JSON result.</summary>
/// <remarks>Thread-safe: calls of one gather are answered on several threads.</remarks>
internal sealed class CallLog(TextWriter error, bool dimmed, bool kept)
{
    private const int LongestCall = 100;
    private const int LongestAnswer = 80;
    private const int LongestFailure = 300;

    /// <summary>A script that calls without end, or with large arguments, must not fill the host's memory.</summary>
    private const int MostKept = 16 << 20;

    private readonly Lock gate = new();
    private readonly List<LoggedCall> calls = [];
    private int room = kept ? MostKept : 0;

    /// <summary>The calls so far in the order of their start; empty unless they are kept.</summary>
    public LoggedCalls Calls
    {
        get
        {
            lock (gate)
            {
                return new LoggedCalls([.. calls], kept && room < 0);
            }
        }
    }

    public void Start(MontyFunctionCall call)
    {
        if (!kept)
        {
            return;
        }

        lock (gate)
        {
            if (room < 0)
            {
                return;
            }

            room -= call.Display(room).Length;
            if (room >= 0)
            {
                calls.Add(new LoggedCall(call, null));
            }
        }
    }

    public void Answer(MontyFunctionCall call, MontyAnswer answer)
    {
        if (kept)
        {
            lock (gate)
            {
                if (calls.FindLastIndex(c => ReferenceEquals(c.Call, call)) is var index and >= 0)
                {
                    Keep(index, new LoggedCall(call, answer));
                }
            }
        }

        Write(
            call,
            answer switch
            {
                ReturnAnswer returned => VisibleText.Format(returned.Value.Display(LongestAnswer), LongestAnswer),
                RaiseAnswer raised => "raises " + VisibleText.Format(raised.Error.TypeAndMessage, LongestAnswer),
                NotFoundAnswer => "not found",
                _ => throw new UnreachableException(),
            }
        );
    }

    /// <summary>The script ended, or stopped waiting, before the answer was there.</summary>
    public void Drop(MontyFunctionCall call) => Write(call, "dropped with the script");

    /// <summary>Shows the person why this program failed to answer: the script sees the Python type only.</summary>
    public void Fail(MontySuspension at, Exception exception)
    {
        var outcome = $"failed: {VisibleText.Format($"{exception.GetType().Name}: {exception.Message}", LongestFailure)}";
        if (at is MontyFunctionCall call)
        {
            Write(call, outcome);
        }
        else
        {
            Write($"[call] {(at is MontyOsCall os ? os.Function.ToString() : "name")} -> {outcome}");
        }
    }

    /// <summary>Keeps a call with its answer, or leaves it out where the answer is too large: calls after it are not kept either.</summary>
    private void Keep(int index, LoggedCall answered)
    {
        room -= answered.Answer switch
        {
            ReturnAnswer returned => returned.Value.Display(Math.Max(room, 0)).Length,
            RaiseAnswer raised => raised.Error.Message?.Length ?? 0,
            _ => 0,
        };
        if (room >= 0)
        {
            calls[index] = answered;
        }
        else
        {
            calls.RemoveAt(index);
        }
    }

    private void Write(MontyFunctionCall call, string outcome) =>
        Write($"[call] {VisibleText.Format(call.Display(LongestCall), LongestCall)} -> {outcome}");

    private void Write(string line)
    {
        error.WriteLine(dimmed ? $"\e[2m{line}\e[22m" : line);
    }
}

/// <summary>The calls of a run.</summary>
/// <param name="Calls">In the order of their start.</param>
/// <param name="AreTruncated">Whether the last ones were left out, being too many or too large.</param>
internal sealed record LoggedCalls(IReadOnlyList<LoggedCall> Calls, bool AreTruncated);

/// <summary>One call of the script.</summary>
/// <param name="Call">What was called.</param>
/// <param name="Answer">A return, a raise or a not-found; null while there is none.</param>
internal sealed record LoggedCall(MontyFunctionCall Call, MontyAnswer? Answer);
