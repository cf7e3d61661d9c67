using System.Text;
using Monty.Testing;
using Shouldly;
using Xunit;

namespace Monty.Interop.Tests.Sizes;

/// <summary>A <c>repr</c> that is longer than a string can be is refused, but it can be truncated or written piece by piece.</summary>
[Collection(LargeValues.Name)]
public sealed class LargeReprTests : LargeValueTest
{
    private const int Bytes = 270_000_000;
    private const int LongestString = 1_073_741_791;

    /// <summary>A value whose repr has four characters for each byte, which is more than a string can hold.</summary>
    private readonly MontyValue value = new MontyList([new MontyBytes(new byte[Bytes])]);

    [Fact]
    public void A_repr_longer_than_a_string_is_refused()
    {
        var refused = Allocations.OfRefusal(() => value.ToString());

        (refused.Size, refused.Limit).ShouldBe(((4L * Bytes) + 5, LongestString));
        refused.Message.ShouldBe(
            "The repr of the list takes 1080000005 characters, and the limit is 1073741791. Call Display(maxLength) for a shortened text, or WriteTo to write it piece by piece."
        );
    }

    [Fact]
    public void A_call_whose_text_is_longer_than_a_string_is_refused()
    {
        var call = new MontyFunctionCall("f", [1], [new("data", value)], 0);

        Allocations.OfRefusal(() => call.Display()).Size.ShouldBe((4L * Bytes) + "f(1, data=[b''])".Length);

        call.Display(20).ShouldBe(@"f(1, data=[b'\x00\x0…");
    }

    [Fact]
    public void Truncating_a_repr_allocates_no_more_than_the_result()
    {
        var before = GC.GetAllocatedBytesForCurrentThread();

        value.Display(12).ShouldBe(@"[b'\x00\x00\…");
        new MontyNamedTuple(new string('N', 100), [new(new string('f', 100), value)]).Display(5).ShouldBe("NNNNN…");
        new MontyRepr(new string('r', 1_000_000)).Display(3).ShouldBe("rrr…");

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(Allocations.Small);
    }

    [Fact]
    public void A_repr_of_any_length_is_written_in_pieces()
    {
        using var counted = new CountingWriter();
        var before = GC.GetAllocatedBytesForCurrentThread();

        value.WriteTo(counted);

        counted.Count.ShouldBe((4L * Bytes) + 5);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(Allocations.Small);
    }

    private sealed class CountingWriter : TextWriter
    {
        public long Count { get; private set; }

        public override Encoding Encoding => Encoding.UTF8;

        public override void Write(char value) => Count++;

        public override void Write(ReadOnlySpan<char> buffer) => Count += buffer.Length;

        public override void Write(StringBuilder? value) => Count += value?.Length ?? 0;
    }
}
