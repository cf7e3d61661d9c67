using System.Diagnostics;
using Google.Protobuf;

namespace Monty.Interop.Wire;

/// <summary>Raised exceptions between the wire and <see cref="PythonError"/>, with the script names in the frames.</summary>
internal static class ErrorDecoder
{
    public static PythonError Decode(RaisedException? source, FeedNames names)
    {
        if (source is null)
        {
            throw new WireFormatException("an error without an exception");
        }

        var frames = new PythonFrame[source.Traceback.Count];
        for (var i = 0; i < frames.Length; i++)
        {
            frames[i] = DecodeFrame(source.Traceback[i], names);
        }

        return new PythonError(
            source.ExcType,
            source.HasMessage ? source.Message : null,
            new EquatableArray<PythonFrame>(frames),
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
                    Encoding = ValueEncoder.Text(x.Encoding, "encoding of a Unicode error"),
                    Start = (ulong)x.Start,
                    End = (ulong)x.End,
                    Reason = ValueEncoder.Text(x.Reason, "reason of a Unicode error"),
                };
                if (x.Source is MontyBytes bytes)
                {
                    unicode.ObjectBytes = UnsafeByteOperations.UnsafeWrap(bytes.Value);
                }
                else if (x.Source is MontyStr text)
                {
                    unicode.ObjectStr = ValueEncoder.Text(text.Value, "object of a Unicode error");
                }
                else
                {
                    throw new ArgumentException("The object of a Unicode error is bytes or str, and this one is neither.");
                }

                return new ExcData { Unicode = unicode };
            case Interop.JsonErrorData x:
                var json = new JsonErrorData
                {
                    Msg = ValueEncoder.Text(x.Message, "message of a JSON error"),
                    Pos = (ulong)x.Position,
                    Lineno = (ulong)x.Line,
                    Colno = (ulong)x.Column,
                };
                if (x.Document is not null)
                {
                    json.Doc = ValueEncoder.Text(x.Document, "document of a JSON error");
                }

                return new ExcData { Json = json };
            default:
                throw new UnreachableException();
        }
    }

    private static PythonFrame DecodeFrame(StackFrame source, FeedNames names) =>
        new(
            names.Map(source.Filename),
            DecodePlace(source.Start),
            DecodePlace(source.End),
            source.HasFrameName ? source.FrameName : null,
            source.HasPreviewLine ? source.PreviewLine : null,
            source.HideCaret,
            source.HideFrameName
        );

    private static SourceLocation DecodePlace(CodeLoc? source) => source is null ? default : new((int)source.Line, (int)source.Column);

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
