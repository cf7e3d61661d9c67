using Monty.Testing;
using Shouldly;
using Xunit;

namespace Monty.Interop.Tests.Sessions;

/// <summary>The runtime sends text in chunks of 8 KiB of UTF-8: no character is lost or split where they meet.</summary>
public sealed class PrintChunkTests(RuntimeFixture runtime) : IClassFixture<RuntimeFixture>
{
    [Theory]
    [InlineData("x", 300_000)]
    [InlineData("é", 50_000)]
    [InlineData("日本", 30_000)]
    [InlineData("a😀", 30_000)]
    public async Task Long_text_arrives_whole_whatever_chunks_it_comes_in(string piece, int times)
    {
        using var session = await runtime.OpenAsync();
        var chunks = new List<string>();

        await session.FeedAsync($"print('{piece}' * {times})\nprint('end')", new FeedOptions { OnPrint = chunks.Add }).InTime();

        chunks.Count.ShouldBeGreaterThan(1);
        string.Concat(chunks).ShouldBe(string.Concat(Enumerable.Repeat(piece, times)) + "\nend\n");
    }
}
