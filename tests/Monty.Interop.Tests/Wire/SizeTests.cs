using Monty.Interop.Wire;
using Shouldly;
using Xunit;

namespace Monty.Interop.Tests.Wire;

public sealed class SizeTests
{
    [Fact]
    public void Bytes_are_encoded_with_little_overhead()
    {
        var bytes = new byte[10_000];
        new Random(7).NextBytes(bytes);

        var request = FeedEncoder.Encode("x", new Dictionary<string, MontyValue> { ["x"] = new MontyBytes(bytes) });

        request.CalculateSize().ShouldBeLessThan(bytes.Length + 40);
    }

    [LinuxFact]
    public async Task Ten_thousand_bytes_are_returned_unchanged()
    {
        var bytes = new byte[10_000];
        new Random(7).NextBytes(bytes);
        using var pool = new MontyPool();

        var result = await pool.RunAsync(
            "x",
            new FeedOptions { Inputs = new Dictionary<string, MontyValue> { ["x"] = new MontyBytes(bytes) } }
        );

        result.Value.ShouldBe(new MontyBytes(bytes));
    }
}
