using Monty.Interop.TypeChecking;
using Monty.Interop.Wire;
using Monty.Testing;
using Shouldly;
using Xunit;

namespace Monty.Interop.Tests.TypeChecking;

public sealed class ModuleSourceTests
{
    [Theory]
    [InlineData("x = 1", "x")]
    [InlineData("a = b = c", "a b")]
    [InlineData("a, (b, *c), [d] = value", "a b c d")]
    [InlineData("x: dict[str, int] = {}", "x")]
    [InlineData("x.y = 1; x[i] = 2; f(z).a = 3; f(k=1)", "")]
    [InlineData("x += 1", "")]
    [InlineData("x == 1; y <= 2", "")]
    [InlineData("f = lambda a=1, *b: a", "f")]
    [InlineData("print((n := 10), [m := i for i in x])", "n m")]
    [InlineData("while chunk := read(): pass", "chunk")]
    [InlineData("import os, a.b, c.d as e", "os a e")]
    [InlineData("from m import x, y as z", "x z")]
    [InlineData("from math import (\n  sqrt,\n  floor as f,\n)", "sqrt f")]
    [InlineData("for i, (j, k) in pairs: total = i", "i j k total")]
    [InlineData("for d[0] in x:\n  y = 1\nelse:\n  z = 2", "y z")]
    [InlineData("with open('f') as f, x as (a, b): c = 1", "f a b c")]
    [InlineData("with (open('f') as f, g() as h.x):\n  pass", "f")]
    [InlineData("try:\n  a = 1\nexcept E as e:\n  b = 1\nfinally:\n  c = 1", "a e b c")]
    [InlineData("if x: a = 1; b = 2\nelif y:\n  c = 3", "a b c")]
    [InlineData("def f(a, b=c): d = 1", "f")]
    [InlineData("def f(a):\n  b = 1\n  def g(): pass\n  for i in a: pass\nx = 1", "f x")]
    [InlineData("async def f(): pass", "f")]
    [InlineData("class A(B):\n  y = 1\n  def m(self):\n    z = 1\n\nb = A()", "A b")]
    [InlineData("@deco\n@other(x=1)\ndef f(): pass", "f")]
    [InlineData("if x:\n  def f():\n    y = 1\n  z = 1", "f z")]
    [InlineData("def f():\n  global a, b\n  a = c = 1", "f a b")]
    [InlineData("text = '''\nx = 1\n'''\n# y = 1", "text")]
    [InlineData("d = {'a': 1, **k}; e = x if y else z", "d e")]
    [InlineData("x = \\\n  1\r\ny = 2\rz = 3", "x y z")]
    [InlineData("return x", "")]
    [InlineData("(a) = 1", "a")]
    [InlineData("def", "")]
    [InlineData("import", "")]
    [InlineData("with x as", "")]
    [InlineData("for", "")]
    [InlineData("async", "")]
    public void Names_that_code_binds_at_its_top_are_found(string code, string names) =>
        ModuleSource
            .Read(code)
            .BoundNames.Order(StringComparer.Ordinal)
            .ShouldBe(names.Split(' ', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal));

    [Theory]
    [InlineData("x = 1\ny = x", "x_dropped = 1\ny = x_dropped")]
    [InlineData("x.x = a.x; f(x=x, y=x)", "x_dropped.x = a.x; f(x=x_dropped, y=x_dropped)")]
    [InlineData("def x(x): return x\nx(x=1)", "def x_dropped(x): return x\nx_dropped(x=1)")]
    [InlineData("class x:\n  x = 1\n  def f(self): return x", "class x_dropped:\n  x = 1\n  def f(self): return x")]
    [InlineData("from x import x as x, y", "from x import x_dropped as x_dropped, y")]
    [InlineData("'x' # x\nxx = f'{x}'", "'x' # x\nxx = f'{x}'")]
    [InlineData("if x:\n  x = '''\nx'''", "if x_dropped:\n  x_dropped = '''\nx'''")]
    public void Names_are_dropped_where_they_are_bound(string code, string expected) =>
        ModuleSource.Read(code).AsPart(new HashSet<string> { "x" }).ShouldBe(expected);

    [Theory]
    [InlineData("return", "pass")]
    [InlineData("if x: return 1, 2\nreturn(x)", "if x: _r = 1, 2\n_r =(x)")]
    [InlineData("def f():\n  return 1", "def f():\n  return 1")]
    public void Returns_at_the_top_do_not_end_a_part(string code, string expected) =>
        ModuleSource.Read(code).AsPart(new HashSet<string>()).ShouldBe(expected);

    [Theory]
    [InlineData("a = 1\nb = 2\nc = 3", 2, "a = 1\n")]
    [InlineData("a = 1", 1, "")]
    [InlineData("a = 1\nfor x in y:\n  if x:\n    z\nelse:\n  q", 4, "a = 1\n")]
    [InlineData("a = 1\nfor x in y:\n  if x:\n    z\nelse:\n  q", 6, "a = 1\n")]
    [InlineData("a = 1\n@deco\ndef f(): pass\nb = 1", 2, "a = 1\n")]
    [InlineData("a = 1\n@deco\ndef f(): pass\nb = 1", 3, "a = 1\n")]
    [InlineData("a = (\n1,\nx)\nb = 1", 3, "")]
    [InlineData("a = 1\r\nb = (\r\n  2)\r\nc", 3, "a = 1\n")]
    [InlineData("a\nb", 99, "a\n")]
    [InlineData("", 1, "")]
    public void What_stands_before_a_line_is_whole_statements(string code, int line, string expected) =>
        ModuleSource.Read(code).Before(line).ShouldBe(expected);

    /// <summary>Each case would take hours if the time were quadratic in the length.</summary>
    public static TheoryData<string, int> Pathological { get; } =
        new()
        {
            { "with (" + Repeat("a as (", 200_000) + Repeat(")", 200_001) + ": pass", 1 },
            { "x = " + Repeat("1 + ", 500_000) + "1", 1 },
            { "x = " + Repeat("(", 500_000) + Repeat(")", 500_000), 1 },
            { "x = " + Repeat("[a for a in ", 200_000), 0 },
            { Repeat("x = ", 500_000) + "1", 1 },
            { Repeat("(x, ", 300_000) + Repeat(")", 300_000) + " = y", 1 },
            { Repeat("x = 1;", 300_000), 1 },
            { Repeat("if x: y = 1\n", 100_000), 1 },
            { Repeat("lambda: ", 300_000) + "1", 0 },
            { "x = f'" + Repeat("{x:", 300_000), 0 },
            { Repeat("f'{", 200_000), 0 },
            { Repeat("'''", 333_333), 0 },
            { Repeat("# type: ignore\n", 200_000) + "x = 1", 1 },
            { Repeat("#type:  \n", 200_000) + "x = 1", 1 },
            { Repeat("import a as ", 300_000), 0 },
            { "x = '" + Repeat("--> ", 250_000) + "'", 1 },
            { "x = '" + Repeat("\\n", 500_000) + "'", 1 },
            { Repeat("\\\n", 500_000) + "x = 1", 1 },
            { Repeat("\t", 1_000_000) + "x = 1", 1 },
            { Repeat("@a\n", 300_000) + "def x(): pass", 1 },
        };

    [Theory]
    [MemberData(nameof(Pathological), DisableDiscoveryEnumeration = true)]
    public async Task Long_code_is_combined_with_long_earlier_code_in_linear_time(string code, int least)
    {
        var module = await Task.Run(() =>
            {
                var part = new CheckedPart(new CheckedFeed { ScriptName = "earlier.py", Code = code });
                part.Names.Count().ShouldBeGreaterThanOrEqualTo(least);
                return new CheckedModule(new TypeCheckRequest(code, "main.py") { Earlier = [part] });
            })
            .InTime();

        module.Text.Length.ShouldBeGreaterThan(code.Length);
        module.Map(module.Text.AsSpan().Count('\n') + 1).ScriptName.ShouldBe("main.py");
    }

    [Fact]
    public async Task Many_names_are_combined_with_many_earlier_feeds()
    {
        var earlier = Enumerable
            .Range(0, 60_000)
            .Select(i => new CheckedPart(new CheckedFeed { ScriptName = "earlier.py", Code = $"a{i}=1" }))
            .ToList();
        var code = string.Concat(Enumerable.Range(0, 300_000).Select(i => $"b{i}=1\n")) + "a7=2";

        var module = await Task.Run(() => new CheckedModule(new TypeCheckRequest(code, "main.py") { Earlier = earlier })).InTime();

        module.Text.ShouldContain("a7_dropped=1");
        module.Text.ShouldContain("a7 = _anything");
    }

    private static string Repeat(string text, int count) => string.Concat(Enumerable.Repeat(text, count));
}
