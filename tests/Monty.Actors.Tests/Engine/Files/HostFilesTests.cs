using System.Collections.Concurrent;
using Monty.Actors.Persistence;
using Monty.Interop;
using Monty.Testing;
using Monty.Testing.Engine;
using Monty.Testing.Stores;
using Shouldly;
using Xunit;

namespace Monty.Actors.Tests.Engine.Files;

/// <summary>Tests folders of the host in durable sessions. They are changed only after the call is durable.</summary>
public sealed class HostFilesTests
{
    private const string Code = """
        os.mkdir('/data/d')
        f = open('/data/d/log', 'a')
        f.write('one\n')
        f.write('two\n')
        Path('/data/d/x').write_text('x')
        os.rename('/data/d/x', '/data/d/y')
        Path('/data/d/y').unlink()
        os.rmdir('/data/gone')
        (Path('/data/d/log').read_text(), os.listdir('/data/d'))
        """;

    private static readonly string[] Changes = ["Mkdir", "Open", "AppendText", "AppendText", "WriteText", "Rename", "Unlink", "Rmdir"];

    public static TheoryData<CrashMoment, int> Points =>
        [
            .. from moment in (CrashMoment[])[CrashMoment.Before, CrashMoment.After]
            from skip in Enumerable.Range(0, 9)
            select (moment, skip),
        ];

    [Fact]
    public async Task A_change_is_made_once_and_only_after_its_announcement_is_durable()
    {
        using var folder = new TempFolder();
        var early = new ConcurrentQueue<bool>();
        await using var files = new FileEngine(_ => [MontyMount.ReadWrite(folder.Path, "/data")]);
        await files.StartAsync(inner => new RewrittenStore(inner)
        {
            BeforeWrite = change =>
            {
                if (change.Events.Any(e => e is CallAnnounced { Call: Interop.MontyOsCall { Function: OsFunction.WriteText } }))
                {
                    early.Enqueue(File.Exists(folder.File("a")));
                }
            },
        });

        var outcome = await files.RunAsync(
            "(Path('/data/a').write_text('one'), open('/data/b', 'w').write('héllo'), Path('/data/b').read_text())"
        );

        outcome.ToString().ShouldBe("(3, 5, 'héllo')");
        early.ShouldBe([false]);
        (await File.ReadAllTextAsync(folder.File("a"), FileEngine.Token)).ShouldBe("one");
        var history = await files.HistoryAsync();
        history
            .OfType<CallAnnounced>()
            .Select(a => (a.Kind, ((Interop.MontyOsCall)a.Call).Function))
            .ShouldBe([
                (CallKind.Handler, OsFunction.WriteText),
                (CallKind.Handler, OsFunction.Open),
                (CallKind.Handler, OsFunction.AppendText),
            ]);
        history.OfType<CallAnswered>().Count().ShouldBe(3);
        history.OfType<CalledInline>().Count(r => r.Suspension is Interop.MontyOsCall).ShouldBe(1, "the read is answered within the turn");
    }

    [Theory]
    [MemberData(nameof(Points))]
    public async Task A_crash_does_not_lose_or_repeat_a_change(CrashMoment moment, int skip)
    {
        using var folder = new TempFolder();
        Directory.CreateDirectory(folder.File("gone"));
        await using var files = new FileEngine(_ => [MontyMount.ReadWrite(folder.Path, "/data")]);
        CrashingStore? store = null;
        await files.StartAsync(inner => store = new CrashingStore(inner));
        await files.Engine.SendAsync(FileEngine.Id, new OpenCommand("open", new SessionSetup()), FileEngine.Token);
        var crashed = store!.CrashAt(StoreOperation.Write, moment, skip);

        await files.Engine.SendAsync(
            FileEngine.Id,
            new FeedCommand("feed", "import os\nfrom pathlib import Path\n" + Code),
            FileEngine.Token
        );
        var ended = (FeedEnded)await files.Engine.EventAsync(FileEngine.Id, e => e is FeedEnded);

        ended.Outcome.ShouldBeOfType<FeedOutcome.Completed>().Value.ToString().ShouldBe(@"('one\ntwo\n', ['log'])");
        crashed.IsCompleted.ShouldBeTrue("the point was passed");
        (await files.HistoryAsync())
            .OfType<CallAnnounced>()
            .Select(a => ((Interop.MontyOsCall)a.Call).Function.ToString())
            .ShouldBe(Changes);
        Directory.EnumerateFileSystemEntries(folder.Path).Select(Path.GetFileName).ShouldBe(["d"]);
    }

    [Fact]
    public async Task A_call_that_must_fail_is_refused_within_the_turn()
    {
        using var folder = new TempFolder();
        folder.Write("a", "host");
        await using var files = new FileEngine(_ => [MontyMount.ReadOnly(folder.Path, "/ro"), MontyMount.ReadWrite(folder.Path, "/data")]);
        await files.StartAsync();

        (await files.FailAsync("Path('/ro/b').write_text('x')")).ShouldBe("OSError: [Errno 30] Read-only file system: '/ro/b'");
        (await files.FailAsync("os.remove('/ro/a')")).ShouldBe("OSError: [Errno 30] Read-only file system: '/ro/a'");
        (await files.FailAsync("os.remove('/data/missing')")).ShouldBe(
            "FileNotFoundError: [Errno 2] No such file or directory: '/data/missing'"
        );
        (await files.FailAsync("os.mkdir('/data/a')")).ShouldBe("FileExistsError: [Errno 17] File exists: '/data/a'");
        (await files.FailAsync("os.rename('/data/missing', '/data/b')")).ShouldBe(
            "FileNotFoundError: [Errno 2] No such file or directory: '/data/missing' -> '/data/b'"
        );
        (await files.HistoryAsync()).ShouldNotContain(e => e is CallAnnounced);
        (await files.FailAsync("os.rmdir('/data/a')")).ShouldBe("NotADirectoryError: [Errno 20] Not a directory: '/data/a'");
        (await files.FailAsync("os.rename('/data/a', '/elsewhere')")).ShouldStartWith("OSError");
        Directory.EnumerateFileSystemEntries(folder.Path).Select(Path.GetFileName).ShouldBe(["a"]);
    }

    [Fact]
    public async Task A_path_cannot_leave_its_mount()
    {
        using var outside = new TempFolder();
        using var folder = new TempFolder();
        var secret = outside.Write("secret", "secret");
        File.CreateSymbolicLink(folder.File("link"), secret);
        Directory.CreateSymbolicLink(folder.File("up"), outside.Path);
        await using var files = new FileEngine(_ => [MontyMount.ReadWrite(folder.Path, "/data")]);
        await files.StartAsync();

        foreach (var path in (string[])["/data/link", "/data/up/secret", $"/data/../{secret}", secret])
        {
            (await files.FailAsync($"Path('{path}').read_text()")).ShouldContain("Error: [Errno ");
            (await files.FailAsync($"Path('{path}').write_text('x')")).ShouldContain("Error: [Errno ");
            (await files.FailAsync($"open('{path}', 'a').write('x')")).ShouldContain("Error: [Errno ");
        }

        (await files.FailAsync("Path('/data/up/new').write_text('x')")).ShouldContain("Error: [Errno ");
        (await File.ReadAllTextAsync(secret, FileEngine.Token)).ShouldBe("secret");
        Directory.EnumerateFileSystemEntries(outside.Path).Count().ShouldBe(1);
    }
}
