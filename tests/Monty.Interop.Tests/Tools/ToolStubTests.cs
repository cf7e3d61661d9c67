using Monty.Interop.Tools.Signatures;
using Monty.Testing;
using Shouldly;
using Xunit;

namespace Monty.Interop.Tests.Tools;

/// <summary>With the generated stubs, the type checker accepts the calls that work and refuses the calls that do not.</summary>
public sealed class ToolStubTests(RuntimeFixture runtime) : IClassFixture<RuntimeFixture>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<string> Types => [.. SupportedTypes.All.Keys];

    [Theory]
    [MemberData(nameof(Types))]
    public async Task The_stub_of_a_supported_type_is_valid_and_its_call_passes_the_checker_and_runs(string type)
    {
        var sample = SupportedTypes.All[type];
        var tools = new MontyToolSet(MontyTool.From(sample.Tool, "f"));
        tools.Single().Stub.ShouldBe(sample.Stub);
        (await CheckAsync(tools.Stubs)).ShouldBeEmpty();
        if (!sample.Call.Contains("'x': 3", StringComparison.Ordinal))
        {
            // The excluded call passes a dict for a record, which the runtime accepts and the checker refuses.
            (await runtime.Pool.CheckTypesAsync(sample.Call, new TypeCheckOptions { Stubs = tools.Stubs }, Cancellation)).Text.ShouldBe("");
        }

        (await runtime.Pool.RunAsync(sample.Call, new FeedOptions { Tools = tools }, cancellationToken: Cancellation).InTime())
            .Value.ToString()
            .ShouldBe(sample.Result);
    }

    [Fact]
    public async Task The_stubs_of_all_types_together_are_valid()
    {
        var tools = new MontyToolSet(SupportedTypes.All.Values.Select((s, i) => MontyTool.From(s.Tool, $"f{i}")));
        (await CheckAsync(tools.Stubs)).ShouldBeEmpty();
        tools.Stubs.Split("class Point:").Length.ShouldBe(2);
        (
            await runtime.Pool.CheckTypesAsync("f0('x')", new TypeCheckOptions { Stubs = tools.Stubs }, Cancellation)
        ).HasErrors.ShouldBeTrue();
    }

    [Theory]
    [InlineData("import datetime\nRegion()", "missing-argument")]
    [InlineData("Region('a', 1)", "invalid-argument-type")]
    [InlineData("datetime.date", "unresolved-reference")]
    [InlineData("Any", "unresolved-reference")]
    [InlineData("later('x')", "unresolved-reference")]
    public async Task The_checker_knows_only_the_names_that_the_set_declares(string code, string rule)
    {
        var tools = MontyToolSet.From(new WeatherTools());
        (await runtime.Pool.CheckTypesAsync(code, new TypeCheckOptions { Stubs = tools.Stubs }, Cancellation))
            .Diagnostics.ShouldHaveSingleItem()
            .Rule.ShouldBe(rule);
    }

    [Fact]
    public void Stubs_contain_imports_then_classes_then_functions() =>
        MontyToolSet
            .From(new WeatherTools())
            .Stubs.ShouldBe(
                """
                from typing import Literal, Sequence
                from dataclasses import dataclass
                import datetime
                @dataclass
                class Forecast:
                    day: datetime.date
                    high: float
                    low: float | None
                    warnings: list[str] | None
                    def __init__(self, day: datetime.date, high: float, low: float | None = None, warnings: list[str] | None = None) -> None: ...

                @dataclass
                class Region:
                    name: str
                    parts: list[Region]
                    def __init__(self, name: str, parts: list[Region]) -> None: ...

                async def get_weather(city: str, days: int = 3, unit: Literal["C", "F"] = "C") -> list[Forecast]: ...
                def mean(values: Sequence[float]) -> float: ...
                def hottest(days: list[Forecast], at_least: float | None = None) -> float: ...
                def join(separator: str, *parts: str) -> str: ...
                async def count(to: int) -> list[int]: ...
                def depth(region: Region) -> int: ...

                """
            );

    [Fact]
    public void The_stubs_of_an_empty_set_are_empty() => (new MontyToolSet().Stubs, new MontyToolSet().Prompt).ShouldBe(("", ""));

    [Fact]
    public async Task The_prompt_contains_the_declarations_with_docstrings()
    {
        var tools = MontyToolSet.From(new WeatherTools());
        tools.ToString().ShouldBe(tools.Prompt);
        tools.Prompt.ShouldBe(
            """"
            @dataclass
            class Forecast:
                """The weather of one day."""
                day: datetime.date
                high: float  # Degrees in the unit asked for.
                low: float | None = None
                warnings: list[str] | None = None

            @dataclass
            class Region:
                name: str
                parts: list[Region]

            async def get_weather(city: str, days: int = 3, unit: Literal["C", "F"] = "C") -> list[Forecast]:
                """The weather of a city, day by day.

                city: The city's name.
                days: 1 to 7.
                unit: "C": Celsius; "F": Fahrenheit
                """

            def mean(values: Sequence[float]) -> float:
                """The "mean" of numbers."""

            def hottest(days: list[Forecast], at_least: float | None = None) -> float:
                """at_least: Days with a lower high are ignored."""

            def join(separator: str, *parts: str) -> str: ...
            async def count(to: int) -> list[int]: ...
            def depth(region: Region) -> int: ...

            """"
        );
        (
            await CheckAsync(
                "from dataclasses import dataclass\nfrom typing import Any, Literal, Sequence\nimport datetime\n" + tools.Prompt
            )
        ).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_tool_without_a_signature_is_declared_by_its_stub_or_accepts_any_arguments()
    {
        var tools = new MontyToolSet(
            MontyTool.Sync(
                "add",
                call => call.Arguments[0],
                "def add(a: int, *, scale: Literal[1, 2] = 1) -> int:\n    \"\"\"Adds.\"\"\"\n    ..."
            ),
            MontyTool.Async("fetch", (call, _) => new(call.Arguments[0])),
            MontyTool.Sync("any_thing", call => call.Arguments[0])
        );
        tools.Stubs.ShouldBe(
            """
            from typing import Any, Literal
            def add(a: int, *, scale: Literal[1, 2] = 1) -> int:
                ""\"Adds.""\"
                ...
            async def fetch(*args: Any, **kwargs: Any) -> Any: ...
            def any_thing(*args: Any, **kwargs: Any) -> Any: ...

            """.Replace("\\", "", StringComparison.Ordinal)
        );
        var check = new TypeCheckOptions { Stubs = tools.Stubs };
        (await runtime.Pool.CheckTypesAsync("add(1, scale=2)\nawait fetch(1, b=2)\nany_thing()", check, Cancellation)).Text.ShouldBe("");
        (await runtime.Pool.CheckTypesAsync("add('x')", check, Cancellation)).HasErrors.ShouldBeTrue();
    }

    [Theory]
    [InlineData("ends with \"quotes\"")]
    [InlineData("has \"\"\" inside")]
    [InlineData("ends with \\")]
    [InlineData("two\nlines \\ \0 \r\n  and three")]
    [InlineData("\"\"\"\nimport os")]
    public async Task A_description_with_any_text_keeps_the_declaration_valid(string description)
    {
        var text = new System.Text.StringBuilder("def f():\n");
        PythonText.AppendDocstring(text, description, ["a: b"], "    ");
        var ran = await runtime.Pool.RunAsync($"{text}    return 5\nf()", cancellationToken: Cancellation).InTime();
        ran.Value.ShouldBe((MontyValue)5);
    }

    /// <summary>Checks stubs as if they were code. Findings about bodies and defaults of <c>...</c> are left out, as these are only valid in stubs.</summary>
    private async Task<List<string>> CheckAsync(string stubs)
    {
        var report = await runtime.Pool.CheckTypesAsync(stubs, cancellationToken: Cancellation);
        return
        [
            .. report
                .Diagnostics.Where(d => d.Rule is not ("empty-body" or "invalid-parameter-default"))
                .Select(d => $"{d.Start.Line}: {d.Rule} {d.Message}"),
        ];
    }
}
