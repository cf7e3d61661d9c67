using System.Numerics;
using Google.Protobuf;
using Monty.Interop.Wire;
using Shouldly;
using Xunit;

namespace Monty.Interop.Tests.Wire;

/// <summary>Compares the bytes of requests with those from an independent encoder, the Python probes of the protocol reference.</summary>
public sealed class RequestGoldenTests
{
    private static readonly Guid ClassId = new("00010203-0405-0607-0809-0a0b0c0d0e0f");
    private static readonly Guid InstanceId = new("10111213-1415-1617-1819-1a1b1c1d1e1f");
    private static readonly MontyFunctionCall Call = new("f", [], [], 3);

    private static readonly SessionOptions Limited = new()
    {
        Limits = new MontyLimits
        {
            MaxDuration = TimeSpan.FromMilliseconds(50),
            MaxMemoryBytes = 10_000_000,
            GcInterval = 7,
            MaxRecursionDepth = 100,
            MaxSuspensions = 12,
        },
    };

    public static TheoryData<string, string> Requests =>
        new()
        {
            { "0a1c0a076d61696e2e7079120f08d086031080ade20418072064280c4802", Hex(FeedEncoder.EncodeSetUp(Limited, withLimits: true)) },
            {
                "0a0c0a04612e7079120048025000",
                Hex(FeedEncoder.EncodeSetUp(new SessionOptions { ScriptName = "a.py", FlushEachLine = true }, withLimits: true))
            },
            { "1a0c0a017812070a017812022802", Hex(FeedEncoder.Encode("x", new Dictionary<string, MontyValue> { ["x"] = 1 })) },
            { "220a080312060a044202c3a9", Hex(AnswerEncoder.Encode(Call, MontyAnswer.Return("é"))) },
            {
                "22170803121312110a0a56616c75654572726f721203626164",
                Hex(AnswerEncoder.Encode(Call, MontyAnswer.Raise("ValueError", "bad")))
            },
            { "22120803120e120c0a0a56616c75654572726f72", Hex(AnswerEncoder.Encode(Call, MontyAnswer.Raise("ValueError"))) },
            { "221408031210120e0a0a56616c75654572726f721200", Hex(AnswerEncoder.Encode(Call, MontyAnswer.Raise("ValueError", ""))) },
            { "2206080312021803", Hex(AnswerEncoder.Encode(Call, MontyAnswer.Future)) },
            { "220708031203220166", Hex(AnswerEncoder.Encode(Call, MontyAnswer.NotFound)) },
            { "2206080312022a00", Hex(AnswerEncoder.Encode(new MontyOsCall(OsFunction.Environ, [], 3), MontyAnswer.NotHandled)) },
            { "2a080a06ca01030a0166", Hex(AnswerEncoder.Encode(new MontyNameLookup("g"), MontyAnswer.Return(new MontyFunction("f")))) },
            { "2a021200", Hex(AnswerEncoder.Encode(new MontyNameLookup("g"), MontyAnswer.NotFound)) },
            {
                "2a0f1a0d0a084b65794572726f7212016b",
                Hex(AnswerEncoder.Encode(new MontyNameLookup("g"), MontyAnswer.Raise("KeyError", "k")))
            },
            { "32260a08080112040a0220010a1a0802121612140a0c54696d656f75744572726f7212046c617465", Hex(Futures) },
            { "5a160a140a0c52756e74696d654572726f72120473746f70", Hex(AnswerEncoder.EncodeAbort(new("RuntimeError", "stop"))) },
            { "3a00", Hex(new ParentRequest { Dump = new Unit() }) },
            { "4a00", Hex(new ParentRequest { Reset = new Unit() }) },
            { "42040a020102", Hex(new ParentRequest { Load = new Load { State = ByteString.CopyFrom(1, 2) } }) },
        };

    public static TheoryData<string, MontyValue> Values =>
        new()
        {
            { "0a00", MontyEllipsis.Instance },
            { "1200", MontyValue.None },
            { "1a00", MontyNotImplemented.Instance },
            { "2001", true },
            { "2000", false },
            { "2800", 0 },
            { "2801", -1 },
            { "28ffffffffffffffffff01", long.MinValue },
            { "28feffffffffffffffff01", long.MaxValue },
            { "320a12088000000000000000", BigInteger.Pow(2, 63) },
            { "320d08011209010000000000000000", -BigInteger.Pow(2, 64) },
            { "390000000000000080", -0.0 },
            { "39000000000000f87f", BitConverter.Int64BitsToDouble(0x7FF8_0000_0000_0000) },
            { "4200", "" },
            { "4207c3a900f09f9880", "é\0😀" },
            { "4a02ff00", new MontyBytes(new byte[] { 0xFF, 0 }) },
            { "5a080a0228020a025a00", new MontyList([1, new MontyList([])]) },
            { "62040a022802", new MontyTuple([1]) },
            { "6a110a01501201781201791a0228021a022804", new MontyNamedTuple("P", [new("x", 1), new("y", 2)]) },
            { "72150a090a03420161120228020a080a02280412021200", new MontyDict([new("a", 1), new(2, MontyValue.None)]) },
            { "7a040a022802", new MontySet([1]) },
            { "8201040a022802", new MontyFrozenSet([1]) },
            { "8a010708e80f1002181d", new MontyDate(2024, 2, 29) },
            { "920118080110021803200428f0e3ffffffffffffff0132015a3801", new MontyTime(1, 2, 3, 4, -3600, "Z", 1) },
            { "920100", new MontyTime(0, 0) },
            { "92010408012800", new MontyTime(1, 0, OffsetSeconds: 0) },
            { "9a011d08e80f1002181d200128023003380440ffffffffffffffffff014a015a", new MontyDateTime(2024, 2, 29, 1, 2, 3, 4, -1, "Z") },
            { "9a010908e80f1002181d4000", new MontyDateTime(2024, 2, 29, OffsetSeconds: 0) },
            { "a2011308ffffffffffffffffff0110ffa20518bf843d", new MontyTimeDelta(-1, 86399, 999_999) },
            { "aa010e08f0e3ffffffffffffff0112015a", new MontyTimeZone(-3600, "Z") },
            { "aa0100", new MontyTimeZone(0) },
            { "b201110a0a56616c75654572726f721203626164", new MontyExceptionObject("ValueError", "bad") },
            { "ba01070a03696e741801", new MontyType("int", MontyTypeOrigin.Builtin) },
            {
                "ba01280a014312120a10000102030405060708090a0b0c0d0e0f180320012a0b0a090a0342016112022802",
                new MontyType("C", MontyTypeOrigin.Host, ClassId, true, new MontyDict([new("a", 1)]))
            },
            {
                "c2013c0a190a014312120a10000102030405060708090a0b0c0d0e0f180312120a10101112131415161718191a1b1c1d1e1f1a0b0a090a0342016112022802",
                new MontyInstance(new MontyType("C", MontyTypeOrigin.Host, ClassId), InstanceId, new MontyDict([new("a", 1)]))
            },
            { "ca01080a01661203646f63", new MontyFunction("f", "doc") },
            { "d201036c656e", new MontyBuiltin("len") },
            { "da01022f61", new MontyPath("/a") },
            { "e2010a0a022f61120272621803", new MontyFileHandle("/a", "rb", 3) },
            { "e201070a022f61120172", new MontyFileHandle("/a", "r") },
        };

    private static ParentRequest Futures =>
        AnswerEncoder.Encode(
            new MontyResolveFutures([1, 2, 7]),
            MontyAnswer.Resolve(
                new Dictionary<uint, MontyAnswer> { [2] = MontyAnswer.Raise("TimeoutError", "late"), [1] = MontyAnswer.Return(true) }
            )
        );

    [Theory]
    [MemberData(nameof(Requests))]
    public void Requests_are_encoded_like_the_reference(string expected, string encoded) => encoded.ShouldBe(expected);

    [Theory]
    [MemberData(nameof(Values), DisableDiscoveryEnumeration = true)]
    public void Values_are_encoded_like_the_reference_and_decoded_unchanged(string expected, MontyValue value)
    {
        var encoded = ValueEncoder.Encode(value, 0).ToByteArray();

        Convert.ToHexStringLower(encoded).ShouldBe(expected);
        ValueDecoder.Decode(encoded).ShouldBe(value);
    }

    private static string Hex(ParentRequest request) => Convert.ToHexStringLower(request.ToByteArray());
}
