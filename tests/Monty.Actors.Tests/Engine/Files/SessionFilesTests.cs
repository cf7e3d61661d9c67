using Monty.Interop;
using Monty.Testing;
using Monty.Testing.Engine;
using Shouldly;
using Xunit;

namespace Monty.Actors.Tests.Engine.Files;

/// <summary>Tests that in-memory files are part of a session and follow its history, on the real runtime.</summary>
public sealed class SessionFilesTests
{
    private const string Show = "[(p.name, p.read_text(), p.stat().st_mtime) for p in Path('/work').iterdir()]";

    [Fact]
    public async Task A_file_exists_in_the_next_feed_after_leaving_memory_in_the_next_engine_and_on_another_runtime()
    {
        await using var files = new FileEngine(_ =>
            [MontyMount.InMemory("/work", new Dictionary<string, ReadOnlyMemory<byte>> { ["first"] = "0"u8.ToArray() })]
        );
        await files.StartAsync();
        await files.RunAsync("with open('a', 'w') as f:\n    f.write('one')\nPath('b').write_text('two')\nos.rename('b', 'c')");

        var live = await files.RunAsync(Show);
        await files.PassivateAsync();
        var loaded = await files.RunAsync(Show);
        await files.StartAsync();
        var next = await files.RunAsync(Show);
        await files.StartOnAnotherRuntimeAsync();
        var rebuilt = await files.RunAsync(Show);

        live.ShouldBeOfType<MontyList>().Items.Select(i => ((MontyTuple)i).Items[0]).ShouldBe(["a", "c", "first"]);
        (loaded, next, rebuilt).ShouldBe((live, live, live));
        (await files.HistoryAsync()).ShouldNotContain(e => e is CallAnnounced, "nothing reached the host");
    }

    [Fact]
    public async Task A_canceled_turn_leaves_no_file()
    {
        var written = new TaskCompletionSource();
        await using var files = new FileEngine(_ => [MontyMount.InMemory("/work")]);
        await files.StartAsync(
            tools: DurableTool.Handled(
                "mark",
                (_, _) =>
                {
                    written.TrySetResult();
                    return new(MontyValue.None);
                }
            ) with
            {
                IsReadOnly = true,
            }
        );
        await files.RunAsync("Path('kept').write_text('k')");
        var feed = files.Engine.SendAsync(
            FileEngine.Id,
            new FeedCommand("loop", "Path('kept').unlink()\nPath('lost').write_text('l')\nmark()\nwhile True: pass"),
            FileEngine.Token
        );
        await written.Task.WaitAsync(TestTimeouts.Generous, FileEngine.Token);
        await feed;

        (
            await files.Engine.SendAsync(FileEngine.Id, new CancelCommand("stop", "enough"), FileEngine.Token)
        ).ShouldBeOfType<SessionReply.Accepted>();

        (await files.RunAsync("os.listdir('/work')")).ToString().ShouldBe("['kept']");
    }

    [Fact]
    public async Task A_turn_whose_append_failed_is_run_again_with_the_files_before_it()
    {
        var commits = 0;
        await using var files = new FileEngine(_ => [MontyMount.InMemory("/work")]);
        await files.StartAsync(inner => new RewrittenStore(inner)
        {
            BeforeWrite = change =>
            {
                if (change.Events.Any(e => e is FeedEnded) && ++commits == 1)
                {
                    throw new SessionStoreException("the connection broke");
                }
            },
        });

        (await files.RunAsync("Path('folder').mkdir()\n[p.name for p in Path('/work').iterdir()]")).ShouldBe(new MontyList(["folder"]));
        commits.ShouldBe(2);
    }

    [Fact]
    public async Task A_fork_has_the_files_of_its_source()
    {
        await using var files = new FileEngine(_ => [MontyMount.InMemory("/work")]);
        await files.StartAsync();
        await files.RunAsync("Path('a').write_text('one')");

        (
            await files.Engine.SendAsync(FileEngine.Id, new ForkCommand("fork", "fork"), FileEngine.Token)
        ).ShouldBeOfType<SessionReply.Accepted>();

        (await files.RunAsync("Path('a').read_text()", new SessionId("tenant", "fork"))).ShouldBe("one");
    }

    [Fact]
    public async Task A_turn_that_exceeds_a_limit_leaves_no_file()
    {
        await using var files = new FileEngine(_ => [MontyMount.InMemory("/work")]);
        await files.StartAsync();
        await files.Engine.SendAsync(
            FileEngine.Id,
            new OpenCommand("open", new SessionSetup { Limits = new MontyLimits { MaxDuration = TimeSpan.FromSeconds(2) } }),
            FileEngine.Token
        );
        await files.RunAsync("Path('kept').write_text('k')");

        (await files.FailAsync("Path('kept').unlink()\nPath('lost').write_text('l')\nwhile True: pass")).ShouldStartWith("TimeoutError");

        (await files.RunAsync("os.listdir('/work')")).ToString().ShouldBe("['kept']");
    }

    [Fact]
    public async Task A_turn_whose_worker_died_is_run_again_with_the_files_before_it()
    {
        var seen = new List<MontyValue>();
        await using var files = new FileEngine(_ => [MontyMount.InMemory("/work")]);
        await files.StartAsync(
            tools: DurableTool.Handled(
                "mark",
                (call, _) =>
                {
                    seen.Add(call.Call.Arguments[0]);
                    return new(MontyValue.None);
                }
            ) with
            {
                IsReadOnly = true,
            }
        );
        await files.Engine.SendAsync(
            FileEngine.Id,
            new OpenCommand("open", new SessionSetup { Limits = new MontyLimits { MaxRecursionDepth = 100_000 } }),
            FileEngine.Token
        );
        await files.RunAsync("Path('log').write_text('kept')");

        await files.Engine.SendAsync(
            FileEngine.Id,
            new FeedCommand(
                "deep",
                "f = open('log', 'a')\nf.write(' lost')\nmark(Path('log').read_text())\nx = []\nfor i in range(90_000): x = [x]\nrepr(x)"
            ),
            FileEngine.Token
        );
        await files.Engine.EventAsync(FileEngine.Id, e => e is SessionQuarantined);
        await files.Engine.SendAsync(FileEngine.Id, new ReleaseCommand("release", FailFeed: true), FileEngine.Token);

        seen.ShouldBe(["kept lost", "kept lost", "kept lost"]);
        (await files.RunAsync("Path('log').read_text()")).ShouldBe((MontyValue)"kept");
    }

    [Fact]
    public async Task An_overlay_hides_the_folder_and_never_changes_it()
    {
        using var folder = new TempFolder();
        folder.Write("a", "host a");
        folder.Write("b", "host b");
        await using var files = new FileEngine(_ => [MontyMount.Overlay(folder.Path, "/work")]);
        await files.StartAsync();

        await files.RunAsync("open('a', 'a').write('!')\nos.remove('b')\nos.mkdir('d')\nPath('d/c').write_text('new')");
        await files.PassivateAsync();

        (await files.RunAsync("(open('a').read(), os.listdir('/work'), Path('d/c').read_text())"))
            .ToString()
            .ShouldBe("('host a!', ['a', 'd'], 'new')");
        Directory.EnumerateFileSystemEntries(folder.Path).Select(Path.GetFileName).Order().ShouldBe(["a", "b"]);
        (await File.ReadAllTextAsync(folder.File("a"), FileEngine.Token)).ShouldBe("host a");
        (await files.HistoryAsync()).ShouldNotContain(e => e is CallAnnounced);
    }

    [Fact]
    public async Task Limits_apply_to_the_whole_life_of_a_session_and_raise_OSError()
    {
        using var folder = new TempFolder();
        await using var files = new FileEngine(_ =>
            [MontyMount.InMemory("/work", maxBytes: 1000), MontyMount.ReadWrite(folder.Path, "/data", maxWrittenBytes: 1000)]
        );
        await files.StartAsync();
        await files.RunAsync("Path('a').write_text('x' * 600)\nPath('/data/a').write_text('x' * 600)");
        await files.PassivateAsync();

        (await files.FailAsync("Path('b').write_text('x' * 600)")).ShouldBe("OSError: [Errno 28] No space left on device: 'b'");
        (await files.FailAsync("Path('/data/b').write_text('x' * 600)")).ShouldBe("OSError: [Errno 28] No space left on device: '/data/b'");
        (await files.FailAsync("Path('c').write_bytes(b'x' * 10_000_000)")).ShouldBe(
            "OSError: [Errno 27] File too large: 'c'",
            "a record would be too large"
        );
    }

    [Fact]
    public async Task Sessions_do_not_see_the_files_of_other_sessions()
    {
        using var folder = new TempFolder();
        await using var files = new FileEngine(id =>
            [MontyMount.InMemory("/work"), MontyMount.ReadWrite(Directory.CreateDirectory(folder.File(id.Tenant)).FullName, "/data")]
        );
        await files.StartAsync();
        var other = new SessionId("other", "session");

        await files.RunAsync("Path('a').write_text('mine')\nPath('/data/a').write_text('mine')");

        (await files.RunAsync("(os.listdir('/work'), os.listdir('/data'))", other)).ToString().ShouldBe("([], [])");
        (await File.ReadAllTextAsync(Path.Combine(folder.File("tenant"), "a"), FileEngine.Token)).ShouldBe("mine");
    }

    [Fact]
    public async Task Mounts_that_cannot_be_opened_lose_nothing()
    {
        var isBroken = true;
        await using var files = new FileEngine(_ => isBroken ? throw new IOException("the disk is away") : [MontyMount.InMemory("/work")]);
        await files.StartAsync();
        const string Code = "open('/work/a', 'w').write('x')";

        var run = files.Engine.RunAsync(FileEngine.Id, Code, "feed", FileEngine.Token);
        await TestTasks.UntilAsync(() => files.Problems.Any(p => p.Contains("could not be run", StringComparison.Ordinal)));
        run.IsCompleted.ShouldBeFalse();
        isBroken = false;

        (await run.InTime()).ShouldBe(new FeedOutcome.Completed(1));
    }

    [Fact]
    public async Task Mounts_that_differ_from_the_history_quarantine_the_session_until_they_are_restored()
    {
        var isThere = true;
        await using var files = new FileEngine(_ => isThere ? [MontyMount.InMemory("/work")] : []);
        await files.StartAsync();
        await files.RunAsync("Path('a').write_text('x')");
        isThere = false;
        await files.PassivateAsync();

        var stopped = await Should.ThrowAsync<SessionQuarantinedException>(() =>
            files.Engine.RunAsync(FileEngine.Id, "1", "early", FileEngine.Token).InTime()
        );
        var evidence = stopped.Quarantine.Evidence;
        isThere = true;
        (
            await files.Engine.SendAsync(FileEngine.Id, new ReleaseCommand("release", FailFeed: false), FileEngine.Token)
        ).ShouldBeOfType<SessionReply.Accepted>();

        evidence.ShouldContain("WriteText");
        evidence.ShouldContain("NotHandled");
        (await files.Engine.WaitAsync(FileEngine.Id, "early", FileEngine.Token).InTime()).ShouldBe(new FeedOutcome.Completed(1));
        (await files.RunAsync("Path('a').read_text()")).ShouldBe((MontyValue)"x");
    }
}
