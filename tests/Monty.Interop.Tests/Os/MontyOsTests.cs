using Monty.Testing;
using Shouldly;
using Xunit;

namespace Monty.Interop.Tests.Os;

/// <summary>Tests of the environment, the clock, several mounts, handlers for OS calls, and invalid options.</summary>
public sealed class MontyOsTests(RuntimeFixture runtime) : IClassFixture<RuntimeFixture>
{
    private static readonly TimeZoneInfo Oslo = TimeZoneInfo.CreateCustomTimeZone("Oslo", TimeSpan.FromHours(2), "Oslo", "Oslo");
    private static readonly TimeProvider Noon = MontyOsOptions.FixedClock(
        new DateTimeOffset(2030, 5, 31, 23, 30, 15, TimeSpan.Zero).AddMicroseconds(7),
        Oslo
    );

    public static TheoryData<string, string> Calls =>
        new()
        {
            { "os.getenv('LANG')", "'C'" },
            { "os.getenv('NOPE')", "None" },
            { "os.getenv('NOPE', 5)", "5" },
            { "os.environ['LANG'] + os.environ.get('NOPE', '!')", "'C!'" },
            { "os.environ", "{'LANG': 'C', 'EMPTY': ''}" },
            { "os.getenv('HOME')", "None" },
            { "date.today()", "datetime.date(2030, 6, 1)" },
            { "datetime.now()", "datetime.datetime(2030, 6, 1, 1, 30, 15, 7)" },
            { "datetime.now(timezone.utc)", "datetime.datetime(2030, 5, 31, 23, 30, 15, 7, tzinfo=datetime.timezone.utc)" },
            {
                "datetime.now(timezone(timedelta(hours=-5), 'EST'))",
                "datetime.datetime(2030, 5, 31, 18, 30, 15, 7, tzinfo=datetime.timezone(datetime.timedelta(days=-1, seconds=68400), 'EST'))"
            },
            { "Path('/x').exists()", "PermissionError: Permission denied: '/x'" },
            { "open('/x', 'w')", "PermissionError: Permission denied: '/x'" },
        };

    [Theory]
    [MemberData(nameof(Calls), DisableDiscoveryEnumeration = true)]
    public async Task Scripts_see_the_given_environment_and_clock(string code, string expected)
    {
        using var os = new MontyOs(
            new MontyOsOptions
            {
                Clock = Noon,
                Environment = new Dictionary<string, string> { ["LANG"] = "C", ["EMPTY"] = "" },
            }
        );

        (await RunAsync(code, new FeedOptions { Os = os })).ShouldBe(expected);
    }

    [Fact]
    public async Task The_clock_of_scripts_follows_the_time_provider()
    {
        var time = new FakeTime();
        using var os = new MontyOs(new MontyOsOptions { Clock = time, Mounts = [MontyMount.InMemory("/m")] });
        var feed = new FeedOptions { Os = os };

        (await RunAsync("datetime.now()", feed)).ShouldBe("datetime.datetime(2030, 1, 1, 0, 0)");
        time.Advance(TimeSpan.FromSeconds(1.5));
        (await RunAsync("datetime.now()", feed)).ShouldBe("datetime.datetime(2030, 1, 1, 0, 0, 1, 500000)");
        (await RunAsync("Path('/m/f').write_text('')\nPath('/m/f').stat().st_mtime == 1893456001.5", feed)).ShouldBe("True");
    }

    [LinuxFact]
    public async Task Several_mounts_can_be_used_together()
    {
        using var folder = new TempFolder();
        folder.Write("a.txt", "from the host");
        using var os = new MontyOs(
            new MontyOsOptions
            {
                Mounts = [MontyMount.ReadOnly(folder.Path, "/srv/in"), MontyMount.InMemory("/srv/out"), MontyMount.InMemory("/tmp")],
                WorkingDirectory = "/srv",
            }
        );
        var feed = new FeedOptions { Os = os };

        (await RunAsync("Path('out/b.txt').write_text(Path('in/a.txt').read_text())\nPath('/srv/out/b.txt').read_text()", feed)).ShouldBe(
            "'from the host'"
        );
        (
            await RunAsync(
                "[sorted(str(p) for p in Path('/').iterdir()), sorted(os.listdir('.')), Path('/srv').is_dir(), Path('..').exists()]",
                feed
            )
        ).ShouldBe("[['/srv', '/tmp'], ['in', 'out'], True, True]");
        (await RunAsync("os.rename('in/a.txt', 'out/a.txt')", feed)).ShouldBe(
            "OSError: [Errno 18] Invalid cross-device link: 'in/a.txt' -> 'out/a.txt'"
        );
        (await RunAsync("Path('/srv/new').mkdir()", feed)).ShouldBe("OSError: [Errno 30] Read-only file system: '/srv/new'");
        (await RunAsync("Path('/etc/passwd').read_text()", feed)).ShouldBe(
            "FileNotFoundError: [Errno 2] No such file or directory: '/etc/passwd'"
        );
        (await RunAsync("Path('/srv').read_text()", feed)).ShouldBe("IsADirectoryError: [Errno 21] Is a directory: '/srv'");
        (await RunAsync("Path('/etc/x').write_text('')", feed)).ShouldBe(
            "FileNotFoundError: [Errno 2] No such file or directory: '/etc/x'"
        );
        (await RunAsync("str(Path('in/../out/b.txt').resolve())", feed)).ShouldBe("'/srv/out/b.txt'");
    }

    [Fact]
    public async Task Files_in_memory_are_shared_by_all_feeds_with_the_same_operating_system()
    {
        using var os = new MontyOs(
            new MontyOsOptions
            {
                Mounts = [MontyMount.InMemory("/m", new Dictionary<string, ReadOnlyMemory<byte>> { ["sub/a.txt"] = "seed"u8.ToArray() })],
            }
        );
        using var session = await runtime.OpenAsync();

        await session
            .FeedAsync(
                "from pathlib import Path\nPath('/m/b').write_text(Path('/m/sub/a.txt').read_text() + '!')",
                new FeedOptions { Os = os }
            )
            .InTime();

        (await session.FeedAsync("Path('/m/b').read_text()", new FeedOptions { Os = os }).InTime()).Value.ShouldBe(new MontyStr("seed!"));
        (await RunAsync("Path('/m/b').read_text()", new FeedOptions { Os = os })).ShouldBe(
            "'seed!'",
            "another session with the same operating system"
        );
    }

    [Fact]
    public async Task A_handler_may_answer_a_call_decline_it_or_leave_it_to_the_operating_system()
    {
        using var os = new MontyOs(new MontyOsOptions { Environment = new Dictionary<string, string> { ["A"] = "os" } });
        var feed = new FeedOptions
        {
            Os = os,
            OnOsCall = (call, _) =>
                new ValueTask<MontyAnswer?>(
                    ((MontyStr)call.Arguments[0]).Value switch
                    {
                        "HANDLER" => MontyAnswer.Return("handler"),
                        "DECLINED" => MontyAnswer.NotHandled,
                        _ => null,
                    }
                ),
        };

        (await RunAsync("[os.getenv('HANDLER'), os.getenv('A')]", feed)).ShouldBe("['handler', 'os']");
        (await RunAsync("os.getenv('DECLINED')", feed)).ShouldBe("RuntimeError: 'os.getenv' is not supported in this environment");
        (await RunAsync("os.getenv('LEFT')", feed with { Os = null })).ShouldBe(
            "RuntimeError: 'os.getenv' is not supported in this environment"
        );
    }

    [Fact]
    public async Task Stateless_turns_can_use_an_operating_system()
    {
        using var os = new MontyOs(new MontyOsOptions { Mounts = [MontyMount.InMemory("/m")] });

        var turn = await runtime
            .Pool.TurnAsync(
                null,
                new FeedTurn("from pathlib import Path\nPath('/m/a').write_text('x')\nPath('/m/a').read_text()"),
                new TurnOptions { AnswerInline = s => s is MontyOsCall call ? os.Answer(call) : null }
            )
            .InTime();

        ((MontyComplete)turn.Progress).Value.ShouldBe(new MontyStr("x"));
    }

    [LinuxTheory]
    [InlineData(MountKind.ReadWrite)]
    [InlineData(MountKind.Overlay)]
    [InlineData(MountKind.InMemory)]
    public async Task A_mount_refuses_writes_over_its_limit_and_keeps_its_content(MountKind kind)
    {
        using var world = new FileWorld(kind, new Dictionary<string, ReadOnlyMemory<byte>>(), limit: 1000);

        (await RunAsync("Path('a').write_bytes(b'x' * 500)", world.Feed)).ShouldBe("500");
        (await RunAsync("Path('b').write_bytes(b'x' * 501)", world.Feed)).ShouldBe("OSError: [Errno 28] No space left on device: 'b'");
        (await RunAsync("with open('a', 'a') as f:\n    f.write('y' * 600)", world.Feed)).ShouldStartWith(
            "OSError: [Errno 28] No space left on device: 'a'"
        );
        (await RunAsync("len(Path('a').read_bytes())", world.Feed)).ShouldBe("500");
        (await RunAsync("Path('a').write_bytes(b'z' * 100)", world.Feed)).ShouldBe("100");
    }

    [Fact]
    public async Task Empty_files_count_against_the_limit()
    {
        using var world = new FileWorld(MountKind.InMemory, new Dictionary<string, ReadOnlyMemory<byte>>(), limit: 10_000);

        (await RunAsync("i = 0\nwhile True:\n    Path(str(i)).write_text('')\n    i += 1", world.Feed)).ShouldStartWith(
            "OSError: [Errno 28] No space left on device: '7"
        );
    }

    [LinuxFact]
    public void Invalid_options_are_refused()
    {
        using var folder = new TempFolder();
        var file = folder.Write("file", "");

        Should
            .Throw<ArgumentException>(() => MontyMount.ReadOnly(folder.File("nope"), "/d"))
            .Message.ShouldStartWith($"Cannot mount '{folder.File("nope")}': the folder does not exist. Create it first");
        Should
            .Throw<ArgumentException>(() => MontyMount.ReadWrite(file, "/d"))
            .Message.ShouldStartWith($"Cannot mount '{file}': it is a file.");
        foreach (var path in new[] { "", "d", "/d/", "//d", "/d/../e", "/./d", "/d\0" })
        {
            Should
                .Throw<ArgumentException>(() => MontyMount.InMemory(path), path)
                .Message.ShouldContain("the path is not absolute and normalized. Write it without");
        }

        Should
            .Throw<ArgumentOutOfRangeException>(() => MontyMount.InMemory("/d", maxBytes: -1))
            .Message.ShouldStartWith("The limit is negative.");
        Should
            .Throw<ArgumentException>(() => MontyMount.InMemory("/d", new Dictionary<string, ReadOnlyMemory<byte>> { ["../x"] = default }))
            .Message.ShouldStartWith("Cannot add the file '../x' to the mount: its path is not relative and normalized.");
        Should
            .Throw<ArgumentException>(() =>
                MontyMount.InMemory("/d", new Dictionary<string, ReadOnlyMemory<byte>> { ["x"] = default }, maxBytes: 10)
            )
            .Message.ShouldContain("No space left on device");
        Refused(MontyMount.InMemory("/d"), MontyMount.InMemory("/d")).ShouldBe("Two mounts have the path /d. Change one of them.");
        Refused(MontyMount.InMemory("/d/e"), MontyMount.InMemory("/d"))
            .ShouldBe("The mount at /d/e is inside the mount at /d. Mounts cannot be nested; change one of the paths.");
        Refused(MontyMount.InMemory("/"), MontyMount.InMemory("/d")).ShouldStartWith("The mount at /d is inside the mount at /.");
        new MontyOs(new MontyOsOptions { Mounts = [MontyMount.InMemory("/d"), MontyMount.InMemory("/de")] }).Dispose();
        Should
            .Throw<ArgumentException>(() => new MontyOs(new MontyOsOptions { WorkingDirectory = "work" }))
            .Message.ShouldStartWith("WorkingDirectory 'work' is not absolute and normalized.");
        Should
            .Throw<ArgumentException>(() =>
                new MontyOs(new MontyOsOptions { Environment = new Dictionary<string, string> { ["A=B"] = "" } })
            )
            .Message.ShouldStartWith("The environment variable 'A=B' is not valid.");

        var gone = new TempFolder();
        var mount = MontyMount.ReadOnly(gone.Path, "/gone");
        gone.Dispose();
        Refused(MontyMount.InMemory("/d"), mount)
            .ShouldBe(
                "Cannot mount the folder at /gone: [Errno 2] No such file or directory: '/gone'. Check that the folder exists and can be read."
            );

        static string Refused(params MontyMount[] mounts) =>
            Should.Throw<ArgumentException>(() => new MontyOs(new MontyOsOptions { Mounts = mounts })).Message;
    }

    [Fact]
    public void A_disposed_operating_system_refuses_calls()
    {
        var os = new MontyOs(new MontyOsOptions());
        os.Dispose();
        os.Dispose();

        Should.Throw<ObjectDisposedException>(() => os.Answer(new MontyOsCall(OsFunction.DateToday, [], 0)));
    }

    private async Task<string> RunAsync(string code, FeedOptions feed)
    {
        try
        {
            return (
                await runtime
                    .Pool.RunAsync(
                        "import os\nfrom pathlib import Path\nfrom datetime import date, datetime, timedelta, timezone\n" + code,
                        feed
                    )
                    .InTime()
            ).Value.ToString();
        }
        catch (MontyScriptException failed)
        {
            return failed.Error.TypeAndMessage;
        }
    }
}
