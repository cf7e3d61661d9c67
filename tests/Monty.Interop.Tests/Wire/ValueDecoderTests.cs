using Monty.Interop.Wire;
using Shouldly;
using Xunit;

namespace Monty.Interop.Tests.Wire;

public sealed class ValueDecoderTests
{
    [Fact]
    public void NoneValueis_decoded_as_None() =>
        ValueDecoder.Decode(MontyObject.Parser.ParseFrom([0x12, 0x00])).ShouldBe(MontyValue.None);

    [Fact]
    public void An_object_without_a_kind_is_the_workers_fault() =>
        Should.Throw<WireFormatException>(() => ValueDecoder.Decode(MontyObject.Parser.ParseFrom([])));
}
