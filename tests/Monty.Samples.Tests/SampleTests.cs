using Monty.Testing;
using Shouldly;
using Xunit;

namespace Monty.Samples.Tests;

public sealed class SampleTests
{
    [Theory]
    [InlineData("yes", 3)]
    [InlineData("no", 2)]
    public async Task A_session_continues_in_another_process(string answer, int value)
    {
        using var folder = new TempFolder();
        var file = folder.File("session.dump");

        (await Sample.RunAsync("DumpAndLoad", "", "begin", file)).ShouldBe("the orders cost 225\nwaiting for approve('spend 225?')\n");
        (await Sample.RunAsync("DumpAndLoad", "", "answer", file, answer)).ShouldBe(
            $"answering approve('spend 225?')\nthe result is {value}\n"
        );
    }

    [Fact]
    public async Task The_prompt_waits_for_complete_statements_and_continues_after_errors()
    {
        var output = await Sample.RunAsync("Prompt", "x = 2\nfor i in range(2):\n    print(i * x)\n\nx / 0\nx\n");

        output.ShouldBe(
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
    public async Task Methods_are_called_by_the_rules_of_Python() =>
        (await Sample.RunAsync("Tools")).ShouldBe(
            """"
            @dataclass
            class Item:
                """An item that the shop sells."""
                name: str
                price: float  # The price of one item.

            async def find_item(name: str, currency: Literal["EUR", "USD"] = "EUR") -> Item:
                """Finds an item by its name."""

            def total(prices: Sequence[float]) -> float: ...

            find_item() takes from 1 to 2 positional arguments but 3 were given
            [3.5, 'milk', 9.125]

            """"
        );

    [Fact]
    public async Task A_call_with_wrong_types_is_rejected_before_it_runs() =>
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
    public async Task A_script_can_use_only_the_mounted_files() =>
        (await Sample.RunAsync("Mounts")).ShouldBe(
            """
            [Errno 30] Read-only file system: 'orders.csv'
            [Errno 2] No such file or directory: '../etc/passwd'
            2030-01-01: 5 items

            """
        );

    [Fact]
    public async Task A_script_that_waits_for_an_answer_outlives_its_engine() =>
        (await Sample.RunAsync("Approval")).ShouldBe(
            """
            the engine has stopped
            acme/trip-1 is waiting for approve('Rome', nights=2)
            Completed { Value = '3 days in Rome: go' }

            """
        );

    [Fact]
    public async Task Handlers_run_in_parallel_under_gather() =>
        (await Sample.RunAsync("ParallelTools")).ShouldBe(
            """
            3: flight('Rome')
            4: hotel('Rome')
            5: weather('Rome')
            3 calls at the same time
            ['flight to Rome', 'hotel in Rome', 21]

            """
        );

    [Fact]
    public async Task A_call_that_was_interrupted_by_a_crash_runs_again_with_the_same_key() =>
        (await Sample.RunAsync("CrashAndResume")).ShouldBe(
            """
            charging 20 with the key acme/order-7/1/0
            the process was killed: 137
            charging 20 with the key acme/order-7/1/0
            Completed { Value = '20 paid' }

            """
        );

    [Fact]
    public async Task A_generic_host_starts_and_stops_the_engine() =>
        (await Sample.RunAsync("Hosted")).ShouldBe(
            """
            Running: Completed { Value = 'hello, world' }
            Stopped

            """
        );
}
