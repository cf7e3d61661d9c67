using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Monty.Interop;

namespace Monty.Host.Cli.Output;

/// <summary>The result of a run as one line of JSON; docs/how-to/run.md lists the members. All of them are always there, null where they say nothing.</summary>
internal static class RunJson
{
    /// <summary>The most of a source line or a name: a script can have a thousand frames at a line of megabytes.</summary>
    private const int LongestSource = 1000;

    private const int LongestMessage = 16 << 20;
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <param name="target">Takes the line as it is made.</param>
    /// <param name="outcome">How the run ended.</param>
    /// <param name="calls">The calls.</param>
    /// <param name="prints">What was printed.</param>
    /// <exception cref="JsonException">A value cannot be said in JSON.</exception>
    /// <exception cref="MontySizeException">A value is too large for JSON.</exception>
    public static void Write(IBufferWriter<byte> target, RunOutcome outcome, LoggedCalls calls, CollectedPrints prints)
    {
        using (var writer = new Utf8JsonWriter(target, Options))
        {
            writer.WriteStartObject();
            writer.WriteString("exit_reason", outcome.Reason);
            writer.WriteNumber("exit_code", outcome.ExitCode);
            WriteValue(writer, outcome);
            WriteError(writer, outcome);
            WriteDiagnostics(writer, outcome);
            LongText.Write(writer, "prints", prints.ToString());
            writer.WriteBoolean("prints_truncated", prints.AreTruncated);
            WriteCalls(writer, calls.Calls);
            writer.WriteBoolean("calls_truncated", calls.AreTruncated);
            WriteExecution(writer, outcome);
            WriteWarnings(writer, outcome);
            writer.WriteEndObject();
        }

        target.Write("\n"u8);
    }

    private static void WriteValue(Utf8JsonWriter writer, RunOutcome outcome)
    {
        writer.WritePropertyName("value");
        if (outcome is Finished finished)
        {
            MontyJson.Write(writer, finished.Result.Value);
        }
        else
        {
            writer.WriteNullValue();
        }
    }

    private static void WriteError(Utf8JsonWriter writer, RunOutcome outcome)
    {
        if (outcome is ScriptFailed failed)
        {
            WriteScriptError(writer, failed.Error);
            return;
        }

        var message = outcome switch
        {
            Rejected rejected => rejected.Report.Text,
            OutputLost lost => lost.Message,
            ResultTooLarge tooLarge => tooLarge.Message,
            InputRefused refused => refused.Message,
            RuntimeFailed broken => broken.Message,
            Interrupted => "the worker was ended",
            _ => null,
        };
        if (message is null)
        {
            writer.WriteNull("error");
            return;
        }

        writer.WriteStartObject("error");
        writer.WriteNull("type");
        LongText.Write(writer, "message", LongText.Cut(message, LongestMessage));
        writer.WriteNull("traceback");
        writer.WriteStartArray("frames");
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void WriteScriptError(Utf8JsonWriter writer, PythonError error)
    {
        writer.WriteStartObject("error");
        LongText.Write(writer, "type", LongText.Cut(error.Type, LongestSource));
        LongText.Write(writer, "message", LongText.Cut(error.Message, LongestMessage));
        LongText.Write(writer, "traceback", error.Traceback);
        writer.WriteStartArray("frames");
        foreach (var frame in error.Frames)
        {
            writer.WriteStartObject();
            writer.WriteString("file", LongText.Cut(frame.FileName, LongestSource));
            WriteRange(writer, frame.Start, frame.End);
            writer.WriteString("function", LongText.Cut(frame.FunctionName, LongestSource));
            writer.WriteString("source", LongText.Cut(frame.PreviewLine, LongestSource));
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void WriteDiagnostics(Utf8JsonWriter writer, RunOutcome outcome)
    {
        writer.WriteStartArray("diagnostics");
        foreach (var finding in outcome is Rejected rejected ? rejected.Report.Diagnostics : [])
        {
            writer.WriteStartObject();
            writer.WriteString("rule", finding.Rule);
            writer.WriteString(
                "severity",
                finding.Severity switch
                {
                    TypeSeverity.Error => "error",
                    TypeSeverity.Warning => "warning",
                    _ => "information",
                }
            );
            LongText.Write(writer, "message", finding.Message);
            writer.WriteString("file", finding.FileName);
            WriteRange(writer, finding.Start, finding.End);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void WriteRange(Utf8JsonWriter writer, SourceLocation start, SourceLocation end)
    {
        writer.WriteNumber("line", start.Line);
        writer.WriteNumber("column", start.Column);
        writer.WriteNumber("end_line", end.Line);
        writer.WriteNumber("end_column", end.Column);
    }

    private static void WriteCalls(Utf8JsonWriter writer, IReadOnlyList<LoggedCall> calls)
    {
        writer.WriteStartArray("calls");
        foreach (var (call, answer) in calls)
        {
            writer.WriteStartObject();
            LongText.Write(writer, "name", call.Name);
            writer.WriteStartArray("args");
            foreach (var argument in call.Arguments)
            {
                MontyJson.Write(writer, argument);
            }

            writer.WriteEndArray();
            writer.WriteStartObject("kwargs");
            foreach (var (name, argument) in call.Keywords)
            {
                writer.WritePropertyName(name);
                MontyJson.Write(writer, argument);
            }

            writer.WriteEndObject();
            WriteAnswer(writer, answer);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void WriteAnswer(Utf8JsonWriter writer, MontyAnswer? answer)
    {
        writer.WriteString(
            "outcome",
            answer switch
            {
                ReturnAnswer => "returned",
                RaiseAnswer => "raised",
                NotFoundAnswer => "not_found",
                _ => "dropped",
            }
        );
        writer.WritePropertyName("value");
        if (answer is ReturnAnswer returned)
        {
            MontyJson.Write(writer, returned.Value);
        }
        else
        {
            writer.WriteNullValue();
        }

        writer.WritePropertyName("error");
        if (answer is not RaiseAnswer raised)
        {
            writer.WriteNullValue();
            return;
        }

        writer.WriteStartObject();
        LongText.Write(writer, "type", raised.Error.Type);
        LongText.Write(writer, "message", raised.Error.Message);
        writer.WriteEndObject();
    }

    private static void WriteExecution(Utf8JsonWriter writer, RunOutcome outcome)
    {
        var time = outcome switch
        {
            Finished finished => finished.Result.ExecutionTime,
            ResultTooLarge tooLarge => tooLarge.Result.ExecutionTime,
            ScriptFailed failed => failed.ExecutionTime,
            _ => null,
        };
        if (time is { } known)
        {
            writer.WriteNumber("execution_ms", known.TotalMilliseconds);
        }
        else
        {
            writer.WriteNull("execution_ms");
        }
    }

    private static void WriteWarnings(Utf8JsonWriter writer, RunOutcome outcome)
    {
        writer.WriteStartArray("warnings");
        var result = (outcome as Finished)?.Result ?? (outcome as ResultTooLarge)?.Result;
        foreach (var warning in result?.Warnings ?? [])
        {
            LongText.Write(writer, warning);
        }

        writer.WriteEndArray();
    }
}
