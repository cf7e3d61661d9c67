using System.Runtime.Versioning;
using FsCheck;
using FsCheck.Fluent;
using Monty.Interop.Syntax;
using Monty.Interop.Tests.Sessions;
using Monty.Testing;
using Shouldly;
using Xunit;

namespace Monty.Interop.Tests.Syntax;

/// <summary>Source with calls that report its lines behaves as it does without them.</summary>
[SupportedOSPlatform("linux")]
public sealed class TickedSourceTests(RuntimeFixture runtime) : IClassFixture<RuntimeFixture>
{
    private const string Code = """
        import asyncio
        def deco(f): return f
        @deco
        def f(x, *, y={'a': 1,
                       'b': 2}):
            '''doc
            string'''
            global total
            total = 0
            if x: total += 1; total += 2
            elif y: pass
            else:
                total = [
                    1,
                ][0]
            for i in range(3):
                while True: break
            else:
                total += 10
            try:
                total += int('x')
            except ValueError as e: total += 100
            finally:
                total += 1000
            return total + \
                (lambda a: a)(1)
        class A:
            size = 3
            def g(self): return self.size

            def h(self):
                return self.size + 1
        async def child(n):
            with_ = n
            return with_
        text = '''
        while True: pass
        '''
        [f(1), f(0), A().g(), A().h(), len(text)] + await asyncio.gather(child(1), child(2))
        """;

    [Fact]
    public void A_call_stands_before_each_statement_and_inside_bodies_on_the_line_of_their_header() =>
        TickedSource
            .Create("@d\ndef f(x):\n  if x: pass\n  else: y = 1\nclass A:\n  b = 1\n  def g(self): pass\nfor x in y:\n\tpass")
            .Text.ShouldBe(
                "__monty_tick__(1)\n@d\ndef f(x):\n  __monty_tick__(3)\n  if x: __monty_tick__(3); pass\n  else: __monty_tick__(4); y = 1\n"
                    + "__monty_tick__(5)\nclass A:\n  b = 1\n  def g(self): __monty_tick__(7); pass\n"
                    + "__monty_tick__(8)\nfor x in y:\n\t__monty_tick__(9)\n\tpass"
            );

    [LinuxFact]
    public async Task The_calls_change_no_result()
    {
        using var session = await runtime.OpenAsync();
        var plain = (await session.FeedAsync(Code).InTime()).Value;

        await session.ResetAsync(TestContext.Current.CancellationToken);
        await session.FeedAsync($"lines = []\ndef {TickedSource.Tick}(line): lines.append(line)").InTime();

        (await session.FeedAsync(TickedSource.Create(Code).Text).InTime()).Value.ShouldBe(plain);
        var lines = (await session.FeedAsync("sorted(set(lines))").InTime()).Value.ToString();
        lines.ShouldBe("[1, 2, 3, 6, 8, 9, 10, 11, 16, 17, 19, 20, 21, 22, 24, 25, 27, 29, 32, 33, 34, 35, 36, 39]");
    }

    [LinuxFact]
    public void The_calls_do_not_change_the_behavior_of_generated_programs() =>
        Prop.ForAll(
                PythonProgramGenerator.Arbitrary,
                program =>
                {
                    foreach (var code in program.Feeds)
                    {
                        RunAsync(TickedSource.Create(code).Text).GetAwaiter().GetResult().ShouldBe(RunAsync(code).GetAwaiter().GetResult());
                    }
                }
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(60));

    private async Task<string> RunAsync(string code)
    {
        using var session = await runtime.OpenAsync();
        await session.FeedAsync($"def {TickedSource.Tick}(line): pass").InTime();
        var printed = "";
        try
        {
            var result = await session.FeedAsync(code, new FeedOptions { OnPrint = text => printed += text }).InTime();
            return printed + result.Value;
        }
        catch (MontyScriptException failed)
        {
            return printed + failed.Error.TypeAndMessage;
        }
    }
}
