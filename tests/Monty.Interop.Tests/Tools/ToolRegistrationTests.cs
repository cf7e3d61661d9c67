using Shouldly;
using Xunit;

namespace Monty.Interop.Tests.Tools;

/// <summary>Registering a tool that cannot work fails with an error that names the cause and the alternative.</summary>
public sealed class ToolRegistrationTests
{
    [Fact]
    public void Tools_are_named_after_their_methods_in_snake_case_without_Async() =>
        MontyToolSet
            .From(new WeatherTools())
            .Select(t => (t.Name, t.IsAsync))
            .ShouldBe([("get_weather", true), ("mean", false), ("hottest", false), ("join", false), ("count", true), ("depth", false)]);

    [Fact]
    public void Delegates_are_named_after_their_method_their_variable_or_the_name_argument()
    {
        var getHTTPCode = (string url) => url.Length;
        static int LocalSquare(int x) => x * x;
        MontyTool.From(getHTTPCode).Name.ShouldBe("get_http_code");
        MontyTool.From(LocalSquare).Name.ShouldBe("local_square");
        MontyTool.From(WeatherTools.Average).Name.ShouldBe("mean");
        MontyTool.From(Math.Sqrt).Name.ShouldBe("sqrt");
        MontyTool.From(LocalSquare, "square").Name.ShouldBe("square");
        RegistrationError(() => MontyTool.From((int x) => x))
            .ShouldBe(
                "The lambda has no name for scripts to call. Pass a name, or pass the lambda through a variable with that name. (Parameter 'name')"
            );
    }

    [Fact]
    public void Timeouts_come_from_the_attribute_or_the_argument()
    {
        MontyToolSet.From(new Patient()).Single().Timeout.ShouldBe(TimeSpan.FromSeconds(2.5));
        MontyTool.From(() => Task.CompletedTask, "wait", TimeSpan.FromSeconds(3)).Timeout.ShouldBe(TimeSpan.FromSeconds(3));
        RegistrationError(() => MontyTool.From(() => 1, "one", TimeSpan.FromSeconds(3)))
            .ShouldStartWith("The tool 'one' cannot have a timeout, because it is not asynchronous. Return a Task");
        RegistrationError(() => MontyToolSet.From(new Hasty())).ShouldContain("TimeoutSeconds is NaN");
    }

    [Fact]
    public void Static_methods_need_no_instance()
    {
        MontyToolSet.FromStatic(typeof(StaticTools)).Single().Name.ShouldBe("double_it");
        MontyToolSet.From<IMarked>(new Marked()).Single().Name.ShouldBe("ping");
    }

    [Fact]
    public void An_override_takes_the_place_of_the_base_method_that_has_the_attribute() =>
        MontyToolSet.From(new Derived()).Select(t => t.Name).ShouldBe(["base_only", "shared"]);

    [Fact]
    public void Methods_that_cannot_be_called_are_refused()
    {
        RegistrationError(() => MontyToolSet.From(new Unmarked()))
            .ShouldBe("Unmarked has no method with [MontyTool]. Mark the public methods that scripts may call.");
        RegistrationError(() => MontyToolSet.From(new Secretive()))
            .ShouldBe("Method Secretive.Whisper has the attribute [MontyTool] but is not public. Make it public, or remove the attribute.");
        RegistrationError(() => MontyToolSet.FromStatic(typeof(WeatherTools)))
            .ShouldBe(
                "Method WeatherTools.GetWeatherAsync has the attribute [MontyTool] but is not static, and no instance was given. Register an instance with MontyToolSet.From, or make the method static."
            );
        RegistrationError(() => MontyToolSet.From(new Generic()))
            .ShouldBe(
                "Method Generic.Identity is generic, and a script cannot pass type arguments. Register a method without type parameters."
            );
        RegistrationError(() => MontyToolSet.From(new Overloaded())).ShouldBe("Two tools are named 'go'. Rename one of them.");
        RegistrationError(() => MontyToolSet.From(new Badly()))
            .ShouldBe("Method Badly.Named: the name 'for' is a Python keyword, so no script could call it. Choose another name.");
    }

    [Theory]
    [InlineData("my tool", "is not a Python identifier")]
    [InlineData("2x", "is not a Python identifier")]
    [InlineData("class", "is a Python keyword")]
    [InlineData("None", "is a Python keyword")]
    [InlineData("print", "is a builtin of the runtime, so a call would never reach the host")]
    [InlineData("ValueError", "is a builtin of the runtime")]
    [InlineData("datetime", "is a name that the generated stubs import")]
    public void A_name_that_scripts_could_not_call_is_refused(string name, string reason)
    {
        RegistrationError(() => MontyTool.Sync(name, call => 1)).ShouldStartWith($"The tool name '{name}' {reason}");
        RegistrationError(() => MontyTool.From(() => 1, name)).ShouldContain(reason);
    }

    [Fact]
    public void A_builtin_that_the_runtime_lacks_may_be_a_tool() => MontyTool.Sync("input", call => "x").Name.ShouldBe("input");

    [Fact]
    public void Names_are_unique_in_a_set()
    {
        RegistrationError(() => new MontyToolSet(MontyTool.Sync("a", _ => 1), MontyTool.Sync("a", _ => 2)))
            .ShouldBe("Two tools are named 'a'. Rename one of them.");
        RegistrationError(() => new MontyToolSet(MontyTool.Sync("Point", _ => 1), MontyTool.From((Point p) => p.X, "x")))
            .ShouldBe("A tool and a class in the tools' signatures are both named 'Point'. Rename one of them.");
        RegistrationError(() => new MontyToolSet(MontyTool.From((Point p) => p.X, "a"), MontyTool.From((Other.Point p) => p.Z, "b")))
            .ShouldBe(
                "Two classes are named 'Point': one for the C# type Monty.Interop.Tests.Tools.Point, the other for Monty.Interop.Tests.Tools.ToolRegistrationTests+Other+Point. Rename one of them."
            );
    }

    [Fact]
    public void A_given_stub_must_declare_the_tool()
    {
        RegistrationError(() => MontyTool.Sync("add", _ => 1, "def sub(a: int) -> int: ..."))
            .ShouldStartWith("The stub of 'add' does not declare the tool. Add 'def add(...) -> ...: ...' to it.");
        RegistrationError(() => MontyTool.Sync("add", _ => 1, "async def add() -> int: ..."))
            .ShouldStartWith("The stub of 'add' does not declare the tool.");
        RegistrationError(() => MontyTool.Async("add", (_, _) => new(1), stub: "def add() -> int: ...")).ShouldContain("async def add");
    }

    [Theory]
    [InlineData("def add(a: int, b: int -> int: ...", "a bracket is not closed")]
    [InlineData("def add(a: int) -> int:\n    \"\"\"Adds.\n    ...", "a string is not closed")]
    [InlineData("def add(a: int) -> int:", "a block has no body")]
    public void A_given_stub_that_is_incomplete_is_refused_when_the_tool_is_created(string stub, string reason) =>
        RegistrationError(() => MontyTool.Sync("add", _ => 1, stub))
            .ShouldStartWith($"The stub of 'add' is not complete Python: {reason}.");

    private delegate int ByReference(ref int x);

    private delegate int OnStack(Span<int> x);

    public static TheoryData<Delegate, string> Unsupported =>
        new()
        {
            {
                (object x) => 1,
                "The tool 'f': the parameter 'x' cannot be passed by a script. Object has no Python counterpart: it does not say what a script may pass; use MontyValue for any value"
            },
            {
                (Stream x) => 1,
                "Stream has no Python counterpart: it is a framework type without a conversion; use text, a record with the values that matter, MontyValue, or lend it as a host object"
            },
            { (Func<int> x) => 1, "a script cannot pass its functions to the host" },
            { (List<object> x) => 1, "Object has no Python counterpart" },
            { (int[,] x) => 1, "a Python list has one dimension" },
            { (FileAccess x) => 1, "a Literal cannot express a combination of flags" },
            { (WeatherTools x) => 1, "WeatherTools has no Python counterpart: it is not a record" },
            { (Loose x) => 1, "there is no public property with the name and type of the constructor parameter 'hidden'" },
            { (KeyValuePair<int, int> x) => 1, "KeyValuePair<Int32, Int32> has no Python counterpart" },
            { (Task<int> x) => 1, "only a Task or ValueTask that is the whole result is awaited" },
            { (SortedSet<int> x) => 1, "the parameter 'x' cannot be passed by a script" },
            { (IDisposable x) => 1, "IDisposable has no Python counterpart" },
            { new ByReference((ref int x) => x), "a script passes values, not variables" },
            { new OnStack(x => x.Length), "it lives on the stack" },
            { () => new MemoryStream(), "The tool 'f': the result cannot be returned to a script. MemoryStream has no Python counterpart" },
            { () => Task.FromResult(Task.FromResult(1)), "only a Task or ValueTask that is the whole result is awaited" },
            { (int maxCount, int max_count) => 1, "two parameters are named 'max_count' in Python" },
        };

    [Theory]
    [MemberData(nameof(Unsupported), DisableDiscoveryEnumeration = true)]
    public void A_type_without_a_Python_counterpart_is_refused_with_the_reason_and_the_alternative(Delegate tool, string message) =>
        RegistrationError(() => MontyTool.From(tool, "f")).ShouldContain(message);

    [Fact]
    public void A_generic_record_that_contains_a_larger_version_of_itself_is_refused() =>
        RegistrationError(() => MontyTool.From((Spiral<int> x) => 1, "f")).ShouldContain("its records nest more than 32 levels deep");

    [Fact]
    public void The_error_for_a_parameter_names_its_method() =>
        RegistrationError(() => MontyToolSet.From(new Writer()))
            .ShouldStartWith(
                "Method Writer.WriteAsync: the parameter 'target' cannot be passed by a script. Stream has no Python counterpart"
            );

    private static string RegistrationError(Action register) => Should.Throw<ArgumentException>(register).Message;

    private static string RegistrationError(Func<object> register) =>
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
