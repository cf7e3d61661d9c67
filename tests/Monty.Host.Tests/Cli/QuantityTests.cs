using Monty.Host.Cli.Input;
using Shouldly;
using Xunit;

namespace Monty.Host.Tests.Cli;

public sealed class QuantityTests
{
    [Theory]
    [InlineData("500ms", 500)]
    [InlineData("2s", 2000)]
    [InlineData("1.5s", 1500)]
    [InlineData("1m", 60_000)]
    [InlineData("1h", 3_600_000)]
    [InlineData("3", 3000)]
    [InlineData(".25", 250)]
    [InlineData(" 2 s ", 2000)]
    [InlineData("0", 0)]
    [InlineData("1000h", 3_600_000_000)]
    public void Durations_have_a_unit_or_are_in_seconds(string text, double milliseconds) =>
        Quantity.ParseDuration(text).TotalMilliseconds.ShouldBe(milliseconds);

    [Theory]
    [InlineData("1", 1)]
    [InlineData("64MB", 64_000_000)]
    [InlineData("64mb", 64_000_000)]
    [InlineData("1GiB", 1L << 30)]
    [InlineData("2 KiB", 2048)]
    [InlineData("1.5kB", 1500)]
    [InlineData("10B", 10)]
    public void Sizes_have_a_unit_or_are_in_bytes(string text, long bytes) => Quantity.ParseBytes(text).ShouldBe(bytes);

    [Theory]
    [InlineData("")]
    [InlineData("s")]
    [InlineData("2M")]
    [InlineData("2 weeks")]
    [InlineData("1e3")]
    [InlineData("1,5s")]
    [InlineData("nan")]
    [InlineData("-2s")]
    [InlineData("1001h")]
    [InlineData("99999999999999999999999999999999999")]
    [InlineData("９s")]
    public void Invalid_durations_are_rejected_with_the_text_in_the_message(string text) =>
        Should.Throw<FormatException>(() => Quantity.ParseDuration(text)).Message.ShouldContain($"'{text}'");

    [Theory]
    [InlineData("")]
    [InlineData("MB")]
    [InlineData("64 megabytes")]
    [InlineData("-1")]
    [InlineData("100000000000GB")]
    public void Invalid_sizes_are_rejected_with_the_text_in_the_message(string text) =>
        Should.Throw<FormatException>(() => Quantity.ParseBytes(text)).Message.ShouldContain($"'{text}'");

    [Theory]
    [InlineData("0", 0)]
    [InlineData("2147483647", int.MaxValue)]
    public void Counts_are_whole_numbers(string text, int count) => Quantity.ParseCount(text).ShouldBe(count);

    [Theory]
    [InlineData("")]
    [InlineData("-1")]
    [InlineData("1.0")]
    [InlineData("2147483648")]
    public void Invalid_counts_are_rejected_with_the_text_in_the_message(string text) =>
        Should.Throw<FormatException>(() => Quantity.ParseCount(text)).Message.ShouldContain($"'{text}'");
}
