using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Monty.Interop;

namespace Monty.Host.Cli.Output;

/// <summary>Writes the result of a run as one line of JSON. docs/how-to/run.md lists the members.</summary>
/// <remarks>All members are always present. A member without a value is null.</remarks>
internal static class RunJson
{
    private const int MaxSourceLength = 1000;
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static ReadOnlySpan<byte> Write(RunOutcome outcome, LoggedCalls calls, CollectedPrints prints)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, Options))
        {
            writer.WriteStartObject();
            writer.WriteString("exit_reason", outcome.Reason);
            writer.WriteNumber("exit_code", outcome.ExitCode);
            WriteValue(writer, outcome);
            WriteError(writer, outcome);
            WriteDiagnostics(writer, outcome);
            writer.WriteString("prints", prints.ToString());
            writer.WriteBoolean("prints_truncated", prints.AreTruncated);
            WriteCalls(writer, calls.Calls);
            writer.WriteBoolean("calls_truncated", calls.AreTruncated);
            WriteExecution(writer, outcome);
            WriteWarnings(writer, outcome);
            writer.WriteEndObject();
        }

        buffer.Write("\n"u8);
        return buffer.WrittenSpan;
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
        writer.WriteString("message", message);
        writer.WriteNull("traceback");
        writer.WriteStartArray("frames");
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void WriteScriptError(Utf8JsonWriter writer, PythonError error)
    {
        writer.WriteStartObject("error");
        writer.WriteString("type", error.Type);
        writer.WriteString("message", error.Message);
        writer.WriteString("traceback", error.Traceback);
        writer.WriteStartArray("frames");
        foreach (var frame in error.Frames)
        {
            writer.WriteStartObject();
            writer.WriteString("file", frame.FileName);
            WriteRange(writer, frame.Start, frame.End);
            writer.WriteString("function", frame.FunctionName);
            writer.WriteString("source", Truncate(frame.PreviewLine));
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    /// <summary>Truncates the source of a frame. A script can have a thousand frames that all show a line of several megabytes.</summary>
    private static string? Truncate(string? source)
    {
        if (source is null || source.Length <= MaxSourceLength)
        {
            return source;
        }

        var length = char.IsHighSurrogate(source[MaxSourceLength - 1]) ? MaxSourceLength - 1 : MaxSourceLength;
        return string.Concat(source.AsSpan(0, length), "…");
    }

    private static void WriteDiagnostics(Utf8JsonWriter writer, RunOutcome outcome)
    {
        writer.WriteStartArray("diagnostics");
        foreach (var diagnostic in outcome is RunOutcome.Rejected rejected ? rejected.Report.Diagnostics : [])
        {
            writer.WriteStartObject();
            writer.WriteString("rule", diagnostic.Rule);
            writer.WriteString("severity", GetName(diagnostic.Severity));
            writer.WriteString("message", diagnostic.Message);
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
            writer.WriteString("name", call.Name);
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
        writer.WriteString("type", raised.Error.Type);
        writer.WriteString("message", raised.Error.Message);
        writer.WriteEndObject();
    }

    private static void WriteExecution(Utf8JsonWriter writer, RunOutcome outcome)
    {
        var time = outcome switch
        {
            RunOutcome.Finished finished => finished.Result.ExecutionTime,
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
        foreach (var warning in outcome is RunOutcome.Finished finished ? finished.Result.Warnings : [])
        {
            writer.WriteStringValue(warning);
        }

        writer.WriteEndArray();
    }
}
