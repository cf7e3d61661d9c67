using Shouldly;
using Xunit;

namespace Monty.Interop.Tests.Tools;

/// <summary>What cannot work is refused when tools are registered, by name, with the way out.</summary>
public sealed class ToolRegistrationTests
{
    [Fact]
    public void Methods_are_named_in_snake_case_without_Async() =>
        MontyToolSet
            .From(new WeatherTools())
            .Select(t => (t.Name, t.IsAsync))
            .ShouldBe([("get_weather", true), ("mean", false), ("hottest", false), ("join", false), ("count", true), ("depth", false)]);

    [Fact]
    public void Delegates_are_named_by_method_variable_or_argument()
    {
        var getHTTPCode = (string url) => url.Length;
        static int LocalSquare(int x) => x * x;
        MontyTool.From(getHTTPCode).Name.ShouldBe("get_http_code");
        MontyTool.From(LocalSquare).Name.ShouldBe("local_square");
        MontyTool.From(WeatherTools.Average).Name.ShouldBe("mean");
        MontyTool.From(Math.Sqrt).Name.ShouldBe("sqrt");
        MontyTool.From(LocalSquare, "square").Name.ShouldBe("square");
        Refused(() => MontyTool.From((int x) => x))
            .ShouldBe(
                "A lambda has no name that scripts could call. Pass a name, or the lambda by a variable of that name. (Parameter 'name')"
            );
    }

    [Fact]
    public void Timeouts_come_from_the_attribute_or_the_argument()
    {
        MontyToolSet.From(new Patient()).Single().Timeout.ShouldBe(TimeSpan.FromSeconds(2.5));
        MontyTool.From(() => Task.CompletedTask, "wait", TimeSpan.FromSeconds(3)).Timeout.ShouldBe(TimeSpan.FromSeconds(3));
        Refused(() => MontyTool.From(() => 1, "one", TimeSpan.FromSeconds(3)))
            .ShouldStartWith("The tool 'one' is not asynchronous, so no timeout could end it. Return a Task");
        Refused(() => MontyToolSet.From(new Hasty())).ShouldContain("TimeoutSeconds is NaN");
    }

    [Fact]
    public void Static_methods_need_no_object()
    {
        MontyToolSet.FromStatic(typeof(StaticTools)).Single().Name.ShouldBe("double_it");
        MontyToolSet.From<IMarked>(new Marked()).Single().Name.ShouldBe("ping");
    }

    [Fact]
    public void An_override_is_the_tool_that_its_base_marked() =>
        MontyToolSet.From(new Derived()).Select(t => t.Name).ShouldBe(["base_only", "shared"]);

    [Fact]
    public void Methods_that_cannot_be_called_are_refused()
    {
        Refused(() => MontyToolSet.From(new Unmarked()))
            .ShouldBe("Unmarked has no method with [MontyTool]. Mark the public methods that scripts may call.");
        Refused(() => MontyToolSet.From(new Secretive()))
            .ShouldBe("Method Secretive.Whisper carries [MontyTool] and is not public. Make it public, or take the attribute away.");
        Refused(() => MontyToolSet.FromStatic(typeof(WeatherTools)))
            .ShouldBe(
                "Method WeatherTools.GetWeatherAsync carries [MontyTool] and needs an object. Register an instance with MontyToolSet.From, or make the method static."
            );
        Refused(() => MontyToolSet.From(new Generic()))
            .ShouldBe(
                "Method Generic.Identity is generic, and a script gives no type arguments. Register a method with its types filled in."
            );
        Refused(() => MontyToolSet.From(new Overloaded())).ShouldBe("Two tools are named 'go'. Rename one of them.");
        Refused(() => MontyToolSet.From(new Badly()))
            .ShouldBe("Method Badly.Named: the name 'for' is a Python keyword, so no script could call it. Choose another name.");
    }

    [Theory]
    [InlineData("my tool", "is no Python identifier")]
    [InlineData("2x", "is no Python identifier")]
    [InlineData("class", "is a Python keyword")]
    [InlineData("None", "is a Python keyword")]
    [InlineData("print", "is a builtin of the runtime, so a call of it would never reach the host")]
    [InlineData("ValueError", "is a builtin of the runtime")]
    [InlineData("datetime", "is a name that the stubs import for themselves")]
    public void A_name_that_no_call_could_reach_is_refused(string name, string reason)
    {
        Refused(() => MontyTool.Sync(name, call => 1)).ShouldStartWith($"'{name}' {reason}");
        Refused(() => MontyTool.From(() => 1, name)).ShouldContain(reason);
    }

    [Fact]
    public void A_builtin_that_the_runtime_lacks_may_be_a_tool() => MontyTool.Sync("input", call => "x").Name.ShouldBe("input");

    [Fact]
    public void Names_are_unique_in_a_set()
    {
        Refused(() => new MontyToolSet(MontyTool.Sync("a", _ => 1), MontyTool.Sync("a", _ => 2)))
            .ShouldBe("Two tools are named 'a'. Rename one of them.");
        Refused(() => new MontyToolSet(MontyTool.Sync("Point", _ => 1), MontyTool.From((Point p) => p.X, "x")))
            .ShouldBe("A tool and a class that the tools use are named 'Point'. Rename one of them.");
        Refused(() => new MontyToolSet(MontyTool.From((Point p) => p.X, "a"), MontyTool.From((Other.Point p) => p.Z, "b")))
            .ShouldBe(
                "Two classes are named 'Point': one is of the C# type Monty.Interop.Tests.Tools.Point, the other of Monty.Interop.Tests.Tools.ToolRegistrationTests+Other+Point. Rename one of them."
            );
    }

    [Fact]
    public void A_stub_by_hand_must_declare_the_tool()
    {
        Refused(() => MontyTool.Sync("add", _ => 1, "def sub(a: int) -> int: ..."))
            .ShouldStartWith("The stub of 'add' does not declare it. Write 'def add(...) -> ...: ...' in it.");
        Refused(() => MontyTool.Sync("add", _ => 1, "async def add() -> int: ..."))
            .ShouldStartWith("The stub of 'add' does not declare it.");
        Refused(() => MontyTool.Async("add", (_, _) => new(1), stub: "def add() -> int: ...")).ShouldContain("async def add");
    }

    [Theory]
    [InlineData("def add(a: int, b: int -> int: ...", "a bracket is not closed")]
    [InlineData("def add(a: int) -> int:\n    \"\"\"Adds.\n    ...", "a string is not closed")]
    [InlineData("def add(a: int) -> int:", "a block has no body")]
    public void A_stub_by_hand_that_is_cut_short_is_refused_when_the_tool_is_made(string stub, string reason) =>
        Refused(() => MontyTool.Sync("add", _ => 1, stub)).ShouldStartWith($"The stub of 'add' is broken: {reason}.");

    private delegate int ByReference(ref int x);

    private delegate int OnStack(Span<int> x);

    public static TheoryData<Delegate, string> Unsupported =>
        new()
        {
            {
                (object x) => 1,
                "The tool 'f': the parameter 'x' cannot be passed by a script. Object has no Python counterpart: it says nothing of what a script may pass; use MontyValue for any value"
            },
            {
                (Stream x) => 1,
                "Stream has no Python counterpart: use text, a record of what matters, MontyValue, or lend it as an object of a MontyHostClass"
            },
            { (Func<int> x) => 1, "a script cannot hand its functions to the host" },
            { (List<object> x) => 1, "Object has no Python counterpart" },
            { (int[,] x) => 1, "Python's lists have one dimension" },
            { (FileAccess x) => 1, "a Literal cannot combine names" },
            { (WeatherTools x) => 1, "WeatherTools has no Python counterpart: it is no record" },
            { (Loose x) => 1, "there is no public property of the name and type of its constructor's parameter 'hidden'" },
            { (KeyValuePair<int, int> x) => 1, "KeyValuePair<Int32, Int32> has no Python counterpart" },
            { (Task<int> x) => 1, "a result is awaited by its tool only as Task or ValueTask" },
            { (SortedSet<int> x) => 1, "the parameter 'x' cannot be passed by a script" },
            { (IDisposable x) => 1, "IDisposable has no Python counterpart" },
            { new ByReference((ref int x) => x), "a script passes values, not variables" },
            { new OnStack(x => x.Length), "it lives on the stack" },
            { () => new MemoryStream(), "The tool 'f': its result cannot be given to a script. MemoryStream has no Python counterpart" },
            { () => Task.FromResult(Task.FromResult(1)), "a result is awaited by its tool only" },
            { (int maxCount, int max_count) => 1, "two parameters are named 'max_count' in Python" },
        };

    [Theory]
    [MemberData(nameof(Unsupported), DisableDiscoveryEnumeration = true)]
    public void A_type_that_cannot_cross_is_refused_by_name_with_the_way_out(Delegate tool, string message) =>
        Refused(() => MontyTool.From(tool, "f")).ShouldContain(message);

    [Fact]
    public void A_record_that_holds_ever_larger_ones_does_not_end_the_process() =>
        Refused(() => MontyTool.From((Spiral<int> x) => 1, "f")).ShouldContain("records in it lead to ever more types");

    [Fact]
    public void A_method_is_named_where_its_parameter_is_refused() =>
        Refused(() => MontyToolSet.From(new Writer()))
            .ShouldStartWith(
                "Method Writer.WriteAsync: the parameter 'target' cannot be passed by a script. Stream has no Python counterpart"
            );

    private static string Refused(Action register) => Should.Throw<ArgumentException>(register).Message;

    private static string Refused(Func<object> register) =>
        Should
            .Throw<ArgumentException>(() =>
            {
                register();
            })
            .Message;

    public sealed record Loose(string Name, int hidden)
    {
        private readonly int hidden = hidden;

        public int Twice => hidden * 2;
    }

    public sealed record Spiral<T>(Spiral<List<T>>? Next);

    private static class Other
    {
        public sealed record Point(int Z);
    }

    private sealed class Patient
    {
        [MontyTool(TimeoutSeconds = 2.5)]
        public static Task WaitAsync() => Task.CompletedTask;
    }

    private sealed class Hasty
    {
        [MontyTool(TimeoutSeconds = double.NaN)]
        public static Task WaitAsync() => Task.CompletedTask;
    }

    private static class StaticTools
    {
        [MontyTool]
        public static int DoubleIt(int x) => 2 * x;
    }

    private interface IMarked
    {
        [MontyTool]
        int Ping();
    }

    private sealed class Marked : IMarked
    {
        public int Ping() => 1;
    }

    private class Base
    {
        [MontyTool]
        public static int BaseOnly() => 1;

        [MontyTool]
        public virtual int Shared() => 1;
    }

    private sealed class Derived : Base
    {
        public override int Shared() => 2;
    }

    private sealed class Unmarked;

    private sealed class Secretive
    {
        [MontyTool]
        internal static int Whisper() => 1;
    }

    private sealed class Generic
    {
        [MontyTool]
        public static T Identity<T>(T value) => value;
    }

    private sealed class Overloaded
    {
        [MontyTool]
        public static int Go(int x) => x;

        [MontyTool]
        public static int Go(string x) => x.Length;
    }

    private sealed class Badly
    {
        [MontyTool(Name = "for")]
        public static int Named() => 1;
    }

    private sealed class Writer
    {
        [MontyTool]
        public static Task<int> WriteAsync(string text, Stream target) => Task.FromResult(text.Length + (int)target.Length);
    }
}
