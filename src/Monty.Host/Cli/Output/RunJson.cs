using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Monty.Interop;

namespace Monty.Host.Cli.Output;

/// <summary>Writes the result of a run as one line of JSON. docs/how-to/run.md lists the members.</summary>
/// <remarks>All members are always present. A member without a value is null.</remarks>
internal static class RunJson
{
    /// <summary>The maximum length of a source line or a name. A script can have a thousand frames that all show a line of several megabytes.</summary>
    private const int MaxSourceLength = 1000;

    private const int MaxMessageLength = 16 << 20;
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes the line piece by piece.</summary>
    /// <param name="target">Receives the line.</param>
    /// <param name="outcome">The outcome of the run.</param>
    /// <param name="calls">The calls of the script.</param>
    /// <param name="prints">The text that the script printed.</param>
    /// <exception cref="JsonException">A value cannot be represented in JSON.</exception>
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
        if (outcome is RunOutcome.Finished finished)
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
        if (outcome is RunOutcome.ScriptFailed failed)
        {
            WriteScriptError(writer, failed.Error);
            return;
        }

        var message = outcome switch
        {
            RunOutcome.Rejected rejected => rejected.Report.Text,
            RunOutcome.OutputClosed closed => closed.Message,
            RunOutcome.ResultTooLarge tooLarge => tooLarge.Message,
            RunOutcome.BadInput bad => bad.Message,
            RunOutcome.RuntimeFailed failure => failure.Message,
            RunOutcome.Interrupted => "the worker was stopped",
            _ => null,
        };
        if (message is null)
        {
            writer.WriteNull("error");
            return;
        }

        writer.WriteStartObject("error");
        writer.WriteNull("type");
        LongText.Write(writer, "message", LongText.Truncate(message, MaxMessageLength));
        writer.WriteNull("traceback");
        writer.WriteStartArray("frames");
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void WriteScriptError(Utf8JsonWriter writer, PythonError error)
    {
        writer.WriteStartObject("error");
        LongText.Write(writer, "type", LongText.Truncate(error.Type, MaxSourceLength));
        LongText.Write(writer, "message", LongText.Truncate(error.Message, MaxMessageLength));
        LongText.Write(writer, "traceback", error.Traceback);
        writer.WriteStartArray("frames");
        foreach (var frame in error.Frames)
        {
            writer.WriteStartObject();
            writer.WriteString("file", LongText.Truncate(frame.FileName, MaxSourceLength));
            WriteRange(writer, frame.Start, frame.End);
            writer.WriteString("function", LongText.Truncate(frame.FunctionName, MaxSourceLength));
            writer.WriteString("source", LongText.Truncate(frame.PreviewLine, MaxSourceLength));
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void WriteDiagnostics(Utf8JsonWriter writer, RunOutcome outcome)
    {
        writer.WriteStartArray("diagnostics");
        foreach (var diagnostic in outcome is RunOutcome.Rejected rejected ? rejected.Report.Diagnostics : [])
        {
            writer.WriteStartObject();
            writer.WriteString("rule", diagnostic.Rule);
            writer.WriteString("severity", GetName(diagnostic.Severity));
            LongText.Write(writer, "message", diagnostic.Message);
            writer.WriteString("file", diagnostic.FileName);
            WriteRange(writer, diagnostic.Start, diagnostic.End);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static string GetName(TypeSeverity severity) =>
        severity switch
        {
            TypeSeverity.Error => "error",
            TypeSeverity.Warning => "warning",
            _ => "information",
        };

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
        var outcome = answer switch
        {
            ReturnAnswer => "returned",
            RaiseAnswer => "raised",
            NotFoundAnswer => "not_found",
            _ => "dropped",
        };
        writer.WriteString("outcome", outcome);
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
            RunOutcome.Finished finished => finished.Result.ExecutionTime,
            RunOutcome.ResultTooLarge tooLarge => tooLarge.Result.ExecutionTime,
            RunOutcome.ScriptFailed failed => failed.ExecutionTime,
            _ => null,
        };
        if (time is not null)
        {
            writer.WriteNumber("execution_ms", time.Value.TotalMilliseconds);
        }
        else
        {
            writer.WriteNull("execution_ms");
        }
    }

    private static void WriteWarnings(Utf8JsonWriter writer, RunOutcome outcome)
    {
        writer.WriteStartArray("warnings");
        var result = (outcome as RunOutcome.Finished)?.Result ?? (outcome as RunOutcome.ResultTooLarge)?.Result;
        foreach (var warning in result?.Warnings ?? [])
        {
            LongText.Write(writer, warning);
        }

        writer.WriteEndArray();
    }
}
