using Monty.Host.Cli;
using Monty.Host.Cli.Streams;
using Shouldly;
using Xunit;

namespace Monty.Host.Tests.Cli;

public sealed class VisibleTextTests
{
    [Theory]
    [InlineData("plain ünïcode 漢字 🙂", "plain ünïcode 漢字 🙂")]
    [InlineData("a\nb\r\tc", "a\\nb\\r\\tc")]
    [InlineData("\u001b[31mred\u0007", "\\x1b[31mred\\x07")]
    [InlineData("\u202egnp.exe", "\\u202egnp.exe")]
    [InlineData("\u2028", "\\u2028")]
    [InlineData("\U000e0041", "\\U000e0041")]
    public void Control_and_invisible_characters_are_escaped(string text, string visible) =>
        VisibleText.Format(text, 100).ShouldBe(visible);

    [Fact]
    public void A_lone_surrogate_becomes_the_replacement_character() => VisibleText.Format("a\ud800b", 100).ShouldBe("a\ufffdb");

    [Theory]
    [InlineData("12345", 5, "12345")]
    [InlineData("123456", 5, "12345…")]
    [InlineData("1234🙂", 5, "1234…")]
    [InlineData("123\u001b", 5, "123…")]
    [InlineData("x", 0, "…")]
    [InlineData("", 0, "")]
    public void Long_text_is_truncated_between_characters(string text, int maxLength, string truncated) =>
        VisibleText.Format(text, maxLength).ShouldBe(truncated);
}
