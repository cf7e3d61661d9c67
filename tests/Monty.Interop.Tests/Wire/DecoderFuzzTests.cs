using FsCheck;
using FsCheck.Fluent;
using Google.Protobuf;
using Monty.Interop.Tests.Values;
using Monty.Interop.Wire;
using Monty.Testing;
using Shouldly;
using Xunit;

namespace Monty.Interop.Tests.Wire;

/// <summary>Any frame is decoded, or refused as a protocol error. No other exception is thrown.</summary>
public sealed class DecoderFuzzTests
{
    private const long Limit = 1 << 22;

    [Fact]
    public void Random_bodies_are_decoded_or_refused() =>
        Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), body => DecodesOrRefuses(body)).Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    [Fact]
    public void Damaged_events_are_decoded_or_refused() =>
        Prop.ForAll(
                Arb.From(
                    from value in MontyValueGenerator.Arbitrary.Generator
                    from shape in Gen.Choose(0, 4)
                    from damages in Gen.Choose(0, int.MaxValue).ListOf(3)
                    select Damage(EventAround(Encode(value), shape).ToByteArray(), damages)
                ),
                body => DecodesOrRefuses(body)
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    [Fact]
    public void Unknown_fields_are_skipped_at_any_position()
    {
        byte[] unknown = [0xF8, 0x06, 0x01, 0xFA, 0x06, 0x02, 0x41, 0x42];
        byte[] body = [0x32, (byte)(4 + unknown.Length), 0x0A, 0x02, 0x28, 0x02, .. unknown, .. unknown];

        Decode(body).ShouldBe(new MontyComplete(1));
    }

    private static MontyObject Encode(MontyValue value)
    {
        try
        {
            return ValueEncoder.Encode(value, 0);
        }
        catch (ArgumentException)
        {
            return new MontyObject { Repr = "refused" };
        }
    }

    private static ChildEvent EventAround(MontyObject value, int shape) =>
        shape switch
        {
            0 => new ChildEvent
            {
                Complete = new Monty.Interop.Wire.Complete { Value = value },
                TotalExecutionMicros = 12,
                MaxSuspensions = 1000,
            },
            1 => new ChildEvent
            {
                FunctionCall = new Monty.Interop.Wire.FunctionCall
                {
                    FunctionName = "f",
                    CallId = 1,
                    Args = { value, value },
                    Kwargs =
                    {
                        new Pair
                        {
                            Key = new MontyObject { Str = "k" },
                            Value = value,
                        },
                    },
                },
            },
            2 => new ChildEvent
            {
                OsCall = new Monty.Interop.Wire.OsCall
                {
                    CallId = 2,
                    Getenv = new GetEnvironmentVariable { Key = "HOME", Default = value.ToByteString() },
                },
            },
            3 => new ChildEvent { ResolveFutures = new Monty.Interop.Wire.ResolveFutures { PendingCallIds = { 3, 1, 2 } } },
            _ => new ChildEvent
            {
                Error = new Error
                {
                    Exception = new RaisedException
                    {
                        ExcType = "json.JSONDecodeError",
                        Message = "m",
                        Traceback =
                        {
                            new StackFrame
                            {
                                Filename = "<python-input-0>",
                                Start = new CodeLoc { Line = 1, Column = 2 },
                                End = new CodeLoc { Line = 1, Column = 3 },
                                PreviewLine = "x",
                            },
                        },
                        Data = new ExcData
                        {
                            Json = new Monty.Interop.Wire.JsonErrorData
                            {
                                Msg = "m",
                                Doc = "[",
                                Pos = 1,
                                Lineno = 1,
                                Colno = 2,
                            },
                        },
                    },
                },
            },
        };

    private static byte[] Damage(byte[] body, IEnumerable<int> damages)
    {
        foreach (var damage in damages)
        {
            if (body.Length == 0)
            {
                return body;
            }

            var at = damage / 1024 % body.Length;
            var changed = (byte)(damage >> 2);
            switch (damage & 3)
            {
                case 0:
                    body[at] = changed;
                    break;
                case 1:
                    body = [.. body[..at], .. body[(at + 1)..]];
                    break;
                case 2:
                    body = [.. body[..at], changed, .. body[at..]];
                    break;
                default:
                    body = body[..at];
                    break;
            }
        }

        return body;
    }

    private static bool DecodesOrRefuses(byte[] body)
    {
        try
        {
            Decode(body);
        }
        catch (Exception exception) when (exception is WireFormatException or InvalidProtocolBufferException)
        {
            // The frame was refused as a protocol error.
        }

        return true;
    }

    private static MontyProgress Decode(byte[] body)
    {
        DecodedSize.Check(body, Limit);
        return ProgressDecoder.Decode(WorkerEvent.Parse(body), new FeedNames());
    }
}
