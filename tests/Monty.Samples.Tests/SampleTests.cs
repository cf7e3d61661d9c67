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
        (await Sample.RunAsync("DumpAndLoad", "", "answer", file, answer)).ShouldBe(
            $"goes on at approve('spend 225?')\nends with {value}\n"
        );
    }

    [Fact]
    public async Task A_prompt_waits_for_whole_statements_and_survives_errors()
    {
        var shown = await Sample.RunAsync("Prompt", "x = 2\nfor i in range(2):\n    print(i * x)\n\nx / 0\nx\n");

        shown.ShouldBe(
            """
            >>> >>> ... ... 0
            2
            >>> Traceback (most recent call last):
              File "<prompt>", line 1, in <module>
                x / 0
                ~~^~~
            ZeroDivisionError: division by zero
            >>> 2
            >>> 

            """
        );
    }

    [Fact]
    public async Task Methods_are_tools_with_pythons_rules() =>
        (await Sample.RunAsync("Tools")).ShouldBe(
            """"
            @dataclass
            class Item:
                """What is sold."""
                name: str
                price: float  # For one.

            async def find_item(name: str, currency: Literal["EUR", "USD"] = "EUR") -> Item:
                """Looks an item up."""

            def total(prices: Sequence[float]) -> float: ...

            find_item() takes from 1 to 2 positional arguments but 3 were given
            [3.5, 'milk', 9.125]

            """"
        );

    [Fact]
    public async Task A_wrong_call_is_refused_before_it_runs() =>
        (await Sample.RunAsync("CheckedTools")).ShouldBe(
            """
            agent.py:1:21: error[invalid-argument-type] Argument to function `transfer` is incorrect: Expected `int`, found `Literal["a lot"]`
                transfer('savings', amount='a lot')
                                    ^^^^^^^^^^^^^^
            transferring 250
            350

            """
        );

    [Fact]
    public async Task Files_are_where_they_are_mounted() =>
        (await Sample.RunAsync("Mounts")).ShouldBe(
            """
            [Errno 30] Read-only file system: 'orders.csv'
            [Errno 2] No such file or directory: '../etc/passwd'
            2030-01-01: 5 items

            """
        );

    [Fact]
    public async Task A_script_that_waits_for_a_person_outlives_its_engine() =>
        (await Sample.RunAsync("Approval")).ShouldBe(
            """
            the engine has stopped
            acme/trip-1 waits for approve('Rome', nights=2)
            Completed { Value = '3 days in Rome: go' }

            """
        );

    [Fact]
    public async Task Handlers_run_at_the_same_time_under_gather() =>
        (await Sample.RunAsync("ParallelTools")).ShouldBe(
            """
            3: flight('Rome')
            4: hotel('Rome')
            5: weather('Rome')
            3 calls at once
            ['flight to Rome', 'hotel in Rome', 21]

            """
        );

    [Fact]
    public async Task A_call_in_which_the_process_died_runs_again_with_its_key() =>
        (await Sample.RunAsync("CrashAndGoOn")).ShouldBe(
            """
            charging 20 under the key acme/order-7/1/0
            the process was killed: 137
            charging 20 under the key acme/order-7/1/0
            Completed { Value = '20 paid' }

            """
        );

    [Fact]
    public async Task A_host_runs_an_engine_on_a_file_and_stops_it() =>
        (await Sample.RunAsync("Hosted")).ShouldBe(
            """
            Running: Completed { Value = 'hello, world' }
            Stopped

            """
        );
}
