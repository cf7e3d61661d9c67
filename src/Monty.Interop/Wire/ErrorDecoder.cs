using System.Diagnostics;
using Google.Protobuf;

namespace Monty.Interop.Wire;

/// <summary>Decodes raised exceptions to <see cref="PythonError"/>, with the script names in the frames, and encodes their data.</summary>
internal static class ErrorDecoder
{
    /// <summary>The file name of a frame that represents a tool.</summary>
    private const string ToolFileName = "<tool>";

    public static PythonError Decode(RaisedException? source, FeedNames names)
    {
        if (source is null)
        {
            throw new WireFormatException("an error without an exception");
        }

        return new PythonError(
            source.ExcType,
            source.HasMessage ? source.Message : null,
            DecodeFrames(source.Traceback, names),
            DecodeData(source.Data)
        );
    }

    public static ExcData EncodeData(PythonErrorData data)
    {
        switch (data)
        {
            case Interop.UnicodeErrorData x:
                var unicode = new UnicodeErrorData
                {
                    Encoding = ValueEncoder.CheckText(x.Encoding, "encoding of a Unicode error"),
                    Start = (ulong)x.Start,
                    End = (ulong)x.End,
                    Reason = ValueEncoder.CheckText(x.Reason, "reason of a Unicode error"),
                };
                if (x.Source is MontyBytes bytes)
                {
                    unicode.ObjectBytes = UnsafeByteOperations.UnsafeWrap(bytes.Value);
                }
                else if (x.Source is MontyStr text)
                {
                    unicode.ObjectStr = ValueEncoder.CheckText(text.Value, "object of a Unicode error");
                }
                else
                {
                    throw new ArgumentException("The object of a Unicode error must be bytes or a str. Pass MontyBytes or MontyStr.");
                }

                return new ExcData { Unicode = unicode };
            case Interop.JsonErrorData x:
                var json = new JsonErrorData
                {
                    Msg = ValueEncoder.CheckText(x.Message, "message of a JSON error"),
                    Pos = (ulong)x.Position,
                    Lineno = (ulong)x.Line,
                    Colno = (ulong)x.Column,
                };
                if (x.Document is not null)
                {
                    json.Doc = ValueEncoder.CheckText(x.Document, "document of a JSON error");
                }

                return new ExcData { Json = json };
            default:
                throw new UnreachableException();
        }
    }

    /// <summary>Returns the frames without those of the client's own code. If none is left, as for a tool that is passed directly to a gather, one frame with the name of the tool is returned.</summary>
    private static EquatableArray<PythonFrame> DecodeFrames(Google.Protobuf.Collections.RepeatedField<StackFrame> source, FeedNames names)
    {
        var frames = new List<PythonFrame>(source.Count);
        foreach (var frame in source)
        {
            if (names.Map(frame.Filename) is { } fileName)
            {
                frames.Add(DecodeFrame(frame, fileName));
            }
        }

        return frames.Count == 0 && source.Count > 0
            ? [new PythonFrame(ToolFileName, new SourceLocation(1, 1), new SourceLocation(1, 1), source[^1].FrameName, PreviewLine: "")]
            : frames.ToEquatableArray();
    }

    private static PythonFrame DecodeFrame(StackFrame source, string fileName) =>
        new(
            fileName,
            DecodeLocation(source.Start),
            DecodeLocation(source.End),
            source.HasFrameName ? source.FrameName : null,
            source.HasPreviewLine ? source.PreviewLine : null,
            source.HideCaret,
            source.HideFrameName
        );

    private static SourceLocation DecodeLocation(CodeLoc? source) => source is null ? default : new((int)source.Line, (int)source.Column);

    private static PythonErrorData? DecodeData(ExcData? source) =>
        source?.KindCase switch
        {
            ExcData.KindOneofCase.Unicode => new Interop.UnicodeErrorData(
                source.Unicode.Encoding,
                source.Unicode.ObjectCase == UnicodeErrorData.ObjectOneofCase.ObjectStr
                    ? new MontyStr(source.Unicode.ObjectStr)
                    : new MontyBytes(source.Unicode.ObjectBytes.Memory),
                (long)source.Unicode.Start,
                (long)source.Unicode.End,
                source.Unicode.Reason
            ),
            ExcData.KindOneofCase.Json => new Interop.JsonErrorData(
                source.Json.Msg,
                source.Json.HasDoc ? source.Json.Doc : null,
                (long)source.Json.Pos,
                (long)source.Json.Lineno,
                (long)source.Json.Colno
            ),
            _ => null,
        };
}
