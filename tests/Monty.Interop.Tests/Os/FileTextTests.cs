using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Monty.Interop.Os;
using Shouldly;
using Xunit;

namespace Monty.Interop.Tests.Os;

public sealed class FileTextTests
{
    [Fact]
    public void Every_line_end_is_read_as_a_line_feed() =>
        Prop.ForAll(
                Gen.Elements("\r", "\n", "\r\n", "a", "é", "😀").ListOf().Select(pieces => string.Concat(pieces)).ToArbitrary(),
                text =>
                    FileText
                        .Decode(Encoding.UTF8.GetBytes(text))
                        .ShouldBe(text.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n'))
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(1000));

    [Fact]
    public void The_error_for_invalid_UTF8_names_the_position_in_the_file() =>
        Should
            .Throw<UndecodableException>(() => FileText.Decode([(byte)'\r', (byte)'\n', (byte)'a', 0xff]))
            .Message.ShouldBe("'utf-8' codec can't decode byte 0xff in position 3: invalid start byte");
}
