using Monty.Testing;
using Shouldly;
using Xunit;

namespace Monty.Samples.Tests;

public sealed class SampleTests
{
    [Theory]
    [InlineData("yes", 3)]
    [InlineData("no", 2)]
    public async Task A_run_goes_on_in_another_process_than_it_began_in(string answer, int value)
    {
        using var folder = new TempFolder();
        var file = folder.File("session.dump");

        (await Sample.RunAsync("DumpAndLoad", "", "begin", file)).ShouldBe("the orders come to 225\nwaits for approve('spend 225?')\n");
        (await Sample.RunAsync("DumpAndLoad", "", "answer", file, answer)).ShouldBe($"goes on at approve('spend 225?')\nends with {value}\n");
    }

    [Fact]
    public async Task A_prompt_waits_for_whole_statements_and_survives_errors()
    {
        var shown = await Sample.RunAsync("Prompt", "x = 2\nfor i in range(2):\n    print(i * x)\n\nx / 0\nx\n");

        shown.ShouldBe("""
            >>> >>> ... ... 0
            2
            >>> Traceback (most recent call last):
              File "<prompt>", line 1, in <module>
                x / 0
                ~~^~~
            ZeroDivisionError: division by zero
            >>> 2
            >>> 

            """);
    }
}
