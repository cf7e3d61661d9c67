using System.Text.Json;
using Monty.Interop.Wire;
using Monty.Interop.Workers;
using Monty.Testing;
using Shouldly;
using Xunit;

namespace Monty.Interop.Tests.TypeChecking;

/// <summary>The texts of a report equal the output of the runtime's own check for the same code, byte for byte.</summary>
public sealed class TypeCheckFormatTests(RuntimeFixture runtime) : IClassFixture<RuntimeFixture>
{
    private static readonly TypeCheckFormat[] Formats = Enum.GetValues<TypeCheckFormat>();

    /// <summary>Findings of every severity, with notes, locations in other files, fixes, and line numbers of one and two digits.</summary>
    public static TheoryData<string> Sources =>
        [
            "x: int = 'text'",
            "x = = 1\ny: int = 'a'\n",
            "def (\n",
            "(1,\n",
            "import math\n\n\ndef f(a: int, b: str = 'x') -> str:\n    return a\n\nf('q', 3)\nf(nope)\nz = 1  # type: ignore\nclass A: pass\nA().zz\nmath.sqrt('a')\nreveal_type(z)\n",
            "def f(a: int) -> int:\n" + string.Concat(Enumerable.Repeat("    print(a)\n", 25)) + "    return 'a'\n",
            "é = 1\nüber: int = '🐍 \u001b[31m \\\" \u007f'\nüber.nöpe\n",
            "value: int = (\n    'a'\n    'b'\n    'c'\n    'd'\n    'e'\n    'f'\n    'g'\n    'h'\n)\n",
            "z = 1  # type: ignore",
            "import nope\nfrom nope import x\n",
            "\r\nx: int = 'a'\r\ny: str = 1\r\n",
        ];

    [Theory]
    [MemberData(nameof(Sources))]
    public async Task Every_format_is_the_runtimes_own(string code)
    {
        var report = await runtime.Pool.CheckTypesAsync(code).InTime();

        foreach (var format in Formats)
        {
            report.Render(format).ShouldBe(await CheckedByRuntimeAsync(code, format, color: false), format.ToString());
        }

        foreach (var format in Formats)
        {
            report.Render(format, color: true).ShouldBe(await CheckedByRuntimeAsync(code, format, color: true), $"{format} in color");
        }
    }

    [Theory]
    [MemberData(nameof(Sources))]
    public async Task Earlier_feeds_change_no_line_of_what_is_found_in_later_ones(string code)
    {
        using var session = await runtime.OpenAsync(new SessionOptions { TypeCheck = new SessionTypeCheck() });
        await session.FeedAsync("import json\ndef earlier(n: int) -> int:\n    return n\nnumber = 5\n").InTime();

        var report = await session.CheckTypesAsync(code).InTime();

        foreach (var format in Formats.Except([TypeCheckFormat.GitLab]))
        {
            report.Render(format).ShouldBe(await CheckedByRuntimeAsync(code, format, color: false), format.ToString());
        }

        WithoutFingerprints(report.Render(TypeCheckFormat.GitLab))
            .ShouldBe(WithoutFingerprints(await CheckedByRuntimeAsync(code, TypeCheckFormat.GitLab, color: false)));
    }

    [Fact]
    public async Task What_is_explained_by_an_earlier_feed_is_shown_in_its_own_lines()
    {
        using var session = await runtime.OpenAsync(new SessionOptions { TypeCheck = new SessionTypeCheck() });
        await session
            .FeedAsync("import json\n\ndef f(n: int) -> int:\n    return n\n", new FeedOptions { ScriptName = "first.py" })
            .InTime();

        var report = await session.CheckTypesAsync("1\nf('a')", new FeedOptions { ScriptName = "/home/<x>.py" }).InTime();

        report
            .Render(TypeCheckFormat.Full)
            .ShouldBe(
                """
                error[invalid-argument-type]: Argument to function `f` is incorrect
                 --> /home/<x>.py:2:3
                  |
                1 | 1
                2 | f('a')
                  |   ^^^ Expected `int`, found `Literal["a"]`
                info: Function defined here
                 --> first.py:3:5
                  |
                1 | import json
                2 |
                3 | def f(n: int) -> int:
                  |     ^ ------ Parameter declared here
                4 |     return n
                  |


                """
            );
        report
            .Render(TypeCheckFormat.GitHub)
            .ShouldEndWith("%0A  first.py:3:5: info: Function defined here%0A    first.py:3:7: Parameter declared here\n");
        report.Render(TypeCheckFormat.Azure).ShouldContain("sourcepath=/home/<x>.py;linenumber=2;columnnumber=3;");
        report.Text.ShouldBe(
            """
            /home/<x>.py:2:3: error[invalid-argument-type] Argument to function `f` is incorrect: Expected `int`, found `Literal["a"]`
                f('a')
                  ^^^

            """
        );
    }

    [Fact]
    public async Task Text_for_people_cannot_drive_a_terminal()
    {
        var options = new TypeCheckOptions { ScriptName = "a\u001b[31m\n\u202e.py" };
        var report = await runtime.Pool.CheckTypesAsync("x = '\u001b[2J日\u202e'; y: int = 'a'", options).InTime();

        report.Text.ShouldBe(
            """
            a\x1b[31m\x0a\u202e.py:1:24: error[invalid-assignment] Object of type `Literal["a"]` is not assignable to `int`
                x = '\x1b[2J日\u202e'; y: int = 'a'
                                                ^^^

            """
        );
    }

    [Fact]
    public async Task Nothing_found_is_nothing_or_an_empty_document()
    {
        var report = await runtime.Pool.CheckTypesAsync("1").InTime();

        Formats
            .Select(f => report.Render(f))
            .Where(t => t.Length > 0 && t != "[]")
            .ShouldHaveSingleItem()
            .ShouldStartWith("{\n  \"diagnostics\": [],");
        Should.Throw<ArgumentOutOfRangeException>(() => report.Render((TypeCheckFormat)99));
    }

    [Fact]
    public async Task Findings_are_data()
    {
        var report = await runtime
            .Pool.CheckTypesAsync("x: int = 'text'\nreveal_type(x)\n'a'  # type: ignore", new TypeCheckOptions { ScriptName = "agent.py" })
            .InTime();

        report.HasErrors.ShouldBeTrue();
        report
            .Diagnostics.Select(d => d.Severity)
            .ShouldBe([TypeSeverity.Error, TypeSeverity.Warning, TypeSeverity.Information, TypeSeverity.Warning]);
        report
            .Diagnostics[0]
            .ShouldBe(
                new TypeDiagnostic(
                    "invalid-assignment",
                    TypeSeverity.Error,
                    "Object of type `Literal[\"text\"]` is not assignable to `int`",
                    "agent.py",
                    new SourceLocation(1, 10),
                    new SourceLocation(1, 16)
                )
            );
        report.Diagnostics[2].ToString().ShouldBe("agent.py:2:13: info[revealed-type] Revealed type: `int`");
    }

    /// <summary>A fingerprint identifies a finding. Of two equal findings in one module, the second gets another fingerprint.</summary>
    private static string WithoutFingerprints(string gitLab) =>
        string.Join(
            "\n",
            JsonDocument
                .Parse(gitLab)
                .RootElement.EnumerateArray()
                .Select(f => $"{f.GetProperty("description")} {f.GetProperty("severity")} {f.GetProperty("location")}")
        );

    private static async Task<string> CheckedByRuntimeAsync(string code, TypeCheckFormat format, bool color)
    {
        using var worker = new WorkerConnection(WorkerProcess.Start(RuntimeLocator.Find(null)), TimeProvider.System, 1 << 30);
        worker.EnqueueForOk(
            new ParentRequest
            {
                Configure = new Configure
                {
                    ScriptName = "main.py",
                    ProtocolVersion = WorkerConnection.ProtocolVersion,
                    TypeCheck = true,
                    TypeCheckFormat = (uint)format + 1,
                    TypeCheckColor = color,
                },
            }
        );
        worker.Enqueue(new ParentRequest { Feed = new Feed { Code = code } });
        var reply = await worker.ReceiveAsync(null, null, TestContext.Current.CancellationToken);
        reply.KindCase.ShouldBe(ChildEvent.KindOneofCase.TypingError);
        return reply.Read(TypingError.Parser).Diagnostics;
    }
}
