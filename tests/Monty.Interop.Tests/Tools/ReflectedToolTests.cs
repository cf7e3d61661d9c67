using Monty.Testing;
using Shouldly;
using Xunit;

namespace Monty.Interop.Tests.Tools;

/// <summary>Scripts on the real runtime call C# methods as Python functions.</summary>
public sealed class ReflectedToolTests(RuntimeFixture runtime) : IClassFixture<RuntimeFixture>
{
    private readonly WeatherTools weather = new();

    [Theory]
    [InlineData("[f.high for f in await get_weather('Rome')]", "[20.0, 20.0, 20.0]")]
    [InlineData("[f.high for f in await get_weather('Rome', 2, 'F')]", "[68.0, 68.0]")]
    [InlineData("len(await get_weather(unit='F', city='Rome', days=5))", "5")]
    [InlineData("(await get_weather('Rome', days=True))[0]", "Forecast(day=datetime.date(2024, 5, 1), high=20.0, low=None, warnings=None)")]
    [InlineData("import asyncio\n[len(d) for d in await asyncio.gather(get_weather('Rome', 1), get_weather('Oslo', 2))]", "[1, 2]")]
    [InlineData("mean([1, 2, 4.5])", "2.5")]
    [InlineData("mean((1, True))", "1.0")]
    [InlineData("hottest(await get_weather('Rome'))", "20.0")]
    [InlineData("hottest([{'day': (await get_weather('Rome'))[0].day, 'high': 7}])", "7.0")]
    [InlineData("join('-', 'a', 'b', 'c'), join('-'), join(separator='-')", "('a-b-c', '', '')")]
    [InlineData("await count(3)", "[1, 2, 3]")]
    [InlineData("f = mean\nf([3])", "3.0")]
    [InlineData("[*map(len, [await count(2)])]", "[2]")]
    public async Task A_call_returns_the_result_of_the_method(string code, string expected) =>
        (await RunAsync(code)).ToString().ShouldBe(expected);

    [Theory]
    [InlineData("await get_weather()", "TypeError: get_weather() missing 1 required positional argument: 'city'")]
    [InlineData("await get_weather('Rome', 1, 'C', 4)", "TypeError: get_weather() takes from 1 to 3 positional arguments but 4 were given")]
    [InlineData(
        "await get_weather('Rome', cancellation_token=1)",
        "TypeError: get_weather() got an unexpected keyword argument 'cancellation_token'"
    )]
    [InlineData("await get_weather('Rome', city='Oslo')", "TypeError: get_weather() got multiple values for argument 'city'")]
    [InlineData("await get_weather(1)", "TypeError: get_weather() argument 'city' must be str, not int")]
    [InlineData("await get_weather(None)", "TypeError: get_weather() argument 'city' must be str, not NoneType")]
    [InlineData("await get_weather('Rome', '3')", "TypeError: get_weather() argument 'days' must be int, not str")]
    [InlineData("await get_weather('Rome', 3.0)", "TypeError: get_weather() argument 'days' must be int, not float")]
    [InlineData(
        "await get_weather('Rome', 2 ** 40)",
        "OverflowError: get_weather() argument 'days' must be in the range -2147483648 to 2147483647"
    )]
    [InlineData("await get_weather('Rome', unit='K')", "ValueError: get_weather() argument 'unit' must be \"C\" or \"F\", not 'K'")]
    [InlineData("await get_weather('Rome', unit=1)", "TypeError: get_weather() argument 'unit' must be Literal[\"C\", \"F\"], not int")]
    [InlineData("await get_weather('Rome', days=9)", "ValueError: days must be 1 to 7")]
    [InlineData("mean([])", "RuntimeError: the tool 'mean' failed")]
    [InlineData("mean('12')", "TypeError: mean() argument 'values' must be Sequence[float], not str")]
    [InlineData("mean([1, 'x'])", "TypeError: mean() argument 'values'[1] must be float, not str")]
    [InlineData("mean([10 ** 400])", "OverflowError: mean() argument 'values'[0] is too large for the host")]
    [InlineData("hottest([{'high': 1}])", "TypeError: hottest() argument 'days'[0] must be Forecast, but has no 'day'")]
    [InlineData("hottest([1])", "TypeError: hottest() argument 'days'[0] must be Forecast, not int")]
    [InlineData("hottest([], at_least='x')", "TypeError: hottest() argument 'at_least' must be float | None, not str")]
    [InlineData("join('-', 'a', 1)", "TypeError: join() argument 'parts'[1] must be str, not int")]
    [InlineData("hidden()", "NameError: name 'hidden' is not defined")]
    public async Task A_call_with_wrong_arguments_raises_an_error_as_in_Python(string code, string expected)
    {
        var failed = await Should.ThrowAsync<MontyScriptException>(() => RunAsync(code));
        failed.Error.TypeAndMessage.ShouldBe(expected);
        failed.Error.Frames.ShouldNotBeEmpty();
        (await RunAsync($"try:\n    {code.Replace("\n", "\n    ", StringComparison.Ordinal)}\nexcept Exception as e:\n    r = str(e)\nr"))
            .AsString()
            .ShouldBe(failed.Error.Message);
    }

    [Theory]
    [InlineData(
        "import datetime\nForecast(datetime.date(2024, 1, 2), high=3)",
        "Forecast(day=datetime.date(2024, 1, 2), high=3.0, low=None, warnings=None)"
    )]
    [InlineData("import datetime\nhottest([Forecast(datetime.date(2024, 1, 2), 3), Forecast(datetime.date(2024, 1, 3), 4)])", "4.0")]
    [InlineData("import datetime\nF = Forecast\nF(datetime.date(2024, 1, 2), 3).high", "3.0")]
    [InlineData("isinstance((await get_weather('Rome'))[0], Forecast), isinstance(3, Forecast)", "(True, False)")]
    [InlineData(
        "a, b = await get_weather('Rome', 1), await get_weather('Rome', 1)\na == b, a[0] == b[0], a[0] is b[0]",
        "(True, True, False)"
    )]
    [InlineData("d = (await get_weather('Rome', 1))[0]\nd.high = 30\nhottest([d])", "30.0")]
    [InlineData(
        "from dataclasses import dataclass\nimport datetime\n@dataclass\nclass Own:\n    day: int\n    high: float\nhottest([Own(datetime.date(2024, 1, 1), 9)])",
        "9.0"
    )]
    [InlineData("depth(Region('a', [Region('b', []), Region('c', [Region('d', [])])]))", "3")]
    [InlineData("hasattr((await get_weather('Rome'))[0], 'wind')", "False")]
    public async Task Records_are_dataclasses_that_scripts_can_read_and_create(string code, string expected) =>
        (await RunAsync(code)).ToString().ShouldBe(expected);

    [Theory]
    [InlineData("Forecast()", "TypeError: Forecast.__init__() missing 2 required positional arguments: 'day' and 'high'")]
    [InlineData("Forecast(1, 2, 3, 4, 5)", "TypeError: Forecast.__init__() takes from 3 to 5 positional arguments but 6 were given")]
    [InlineData("F = Forecast\nF(wind=1)", "TypeError: Forecast.__init__() got an unexpected keyword argument 'wind'")]
    [InlineData("Forecast('today', 1)", "TypeError: Forecast.__init__() argument 'day' must be datetime.date, not str")]
    [InlineData("(await get_weather('Rome'))[0].wind", "AttributeError: 'Forecast' object has no attribute 'wind'")]
    [InlineData("(await get_weather('Rome'))[0].blow()", "AttributeError: 'Forecast' object has no attribute 'blow'")]
    [InlineData("F = Forecast\nF.wind", "AttributeError: type object 'Forecast' has no attribute 'wind'")]
    [InlineData("F = Forecast\nF.blow()", "AttributeError: type object 'Forecast' has no attribute 'blow'")]
    public async Task Invalid_uses_of_records_raise_an_error_as_in_Python(string code, string expected) =>
        (await Should.ThrowAsync<MontyScriptException>(() => RunAsync(code))).Error.TypeAndMessage.ShouldBe(expected);

    [Fact]
    public async Task Calls_in_a_gather_are_made_on_the_registered_object()
    {
        await RunAsync("import asyncio\nawait asyncio.gather(get_weather('Rome'), get_weather('Oslo'))");
        weather.RequestedCities.ShouldBe(["Rome", "Oslo"], ignoreOrder: true);
    }

    [Fact]
    public async Task The_host_supplies_the_call_and_the_cancellation_token()
    {
        var tool = MontyTool.From(
            (MontyFunctionCall call, CancellationToken token, int a) => $"{call.Display()} {token.CanBeCanceled} {a}",
            "show"
        );
        tool.Stub.ShouldBe("def show(a: int) -> str: ...");
        (await RunAsync("show(a=4)", tool)).AsString().ShouldBe("show(a=4) True 4");
    }

    [Fact]
    public async Task The_type_checker_reports_invalid_calls_before_anything_runs()
    {
        var tools = MontyToolSet.From(weather);
        var report = await runtime.Pool.CheckTypesAsync(
            "days = await get_weather('Rome', day=3)\nhottest(days, 'x')\nprint(days[0].wind)\nmean([1, 2])\nxs = [1, 2]\nmean(xs)\n",
            new TypeCheckOptions { Stubs = tools.Stubs },
            TestContext.Current.CancellationToken
        );
        report
            .Diagnostics.Select(d => (d.Start.Line, d.Rule))
            .ShouldBe([(1, "unknown-argument"), (2, "invalid-argument-type"), (3, "unresolved-attribute")]);
        weather.RequestedCities.ShouldBeEmpty();
    }

    private async Task<MontyValue> RunAsync(string code, params MontyTool[] tools)
    {
        using var session = await runtime.OpenAsync();
        IReadOnlyCollection<MontyTool> given = tools.Length > 0 ? tools : MontyToolSet.From(weather);
        return (await session.FeedAsync(code, new FeedOptions { Tools = given }, TestContext.Current.CancellationToken).InTime()).Value;
    }
}
