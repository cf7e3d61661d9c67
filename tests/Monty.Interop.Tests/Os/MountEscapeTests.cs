using System.Diagnostics;
using System.Net.Sockets;
using Monty.Testing;
using Shouldly;
using Xunit;

namespace Monty.Interop.Tests.Os;

/// <summary>A script cannot access anything outside a mount, whatever the folder contains and even when it changes at the same time.</summary>
public sealed class MountEscapeTests : IDisposable
{
    private const string Secret = "SECRET";
    private readonly TempFolder outer = new();
    private readonly string inside;
    private readonly string outside;
    private uint callId;

    public MountEscapeTests()
    {
        inside = outer.File("inside");
        outside = outer.File("outside");
        Directory.CreateDirectory(Path.Combine(inside, "d"));
        Directory.CreateDirectory(outside);
        File.WriteAllText(Path.Combine(inside, "d", "f"), "inside");
        File.WriteAllText(Path.Combine(outside, "f"), Secret);
    }

    public static TheoryData<MountKind> OverFolders => [MountKind.ReadOnly, MountKind.ReadWrite, MountKind.Overlay];

    public void Dispose() => outer.Dispose();

    [LinuxTheory]
    [MemberData(nameof(OverFolders))]
    public void Paths_and_links_do_not_lead_out_of_the_mount(MountKind kind)
    {
        Link("absolute", outside);
        Link("relative", "../outside");
        Link("file", "../outside/f");
        Link("d/deep", "../../outside");
        Link("root", "/");
        Link("process", "/proc/self/root");
        Link("self", "self");
        Link("loop1", "loop2");
        Link("loop2", "loop1");
        Link("dangling", "../outside/new");
        Link("within", "d");
        using var os = Mount(kind);

        string[] paths =
        [
            "/data/../outside/f",
            "/data/../../outside/f",
            "../../../outside/f",
            "/data/absolute/f",
            "/data/relative/f",
            "/data/file",
            "/data/d/deep/f",
            $"/data/root{outside}/f",
            $"/data/process{outside}/f",
            "/data/self",
            "/data/loop1/f",
            "/data/dangling",
            $"{outside}/f",
            "/data/within/../../outside/f",
            "/data/d/../relative/f",
        ];
        foreach (var path in paths)
        {
            foreach (var call in CallsFor(path))
            {
                Check(os.Answer(call), call);
            }
        }

        File.ReadAllText(Path.Combine(outside, "f")).ShouldBe(Secret);
        Directory.EnumerateFileSystemEntries(outside).ShouldHaveSingleItem();
        if (kind != MountKind.Overlay)
        {
            Text(os.Answer(Call(OsFunction.ReadText, "/data/within/f"))).ShouldBe("inside", "a link that stays inside is followed");
        }
        else
        {
            Error(os.Answer(Call(OsFunction.ReadText, "/data/within/f")))
                .ShouldBe("OSError: [Errno 40] Too many levels of symbolic links: '/data/within/f'");
        }

        os.Answer(Call(OsFunction.IsSymlink, "/data/absolute")).ShouldBe(MontyAnswer.Return(true));
    }

    [LinuxTheory]
    [MemberData(nameof(OverFolders))]
    public async Task Replacing_a_folder_with_a_link_during_calls_reveals_nothing(MountKind kind)
    {
        using var os = Mount(kind);
        var folder = Path.Combine(inside, "d");
        var aside = Path.Combine(inside, "aside");
        using var done = new CancellationTokenSource();
        var swaps = 0;
        var swapping = Task.Run(() =>
        {
            while (!done.IsCancellationRequested)
            {
                Directory.Move(folder, aside);
                Directory.CreateSymbolicLink(folder, outside);
                File.Delete(folder);
                Directory.Move(aside, folder);
                swaps++;
            }
        });

        var read = 0;
        for (var i = 0; i < 2000 || (Volatile.Read(ref swaps) < 50 && !swapping.IsFaulted); i++)
        {
            var answer = os.Answer(Call(OsFunction.ReadText, "/data/d/f"));
            if (answer is ReturnAnswer { Value: MontyStr text })
            {
                text.Value.ShouldBe("inside");
                read++;
            }

            Check(answer, Call(OsFunction.ReadText, "/data/d/f"));
            foreach (
                var call in new[]
                {
                    Write(OsFunction.WriteText, "/data/d/new"),
                    Call(OsFunction.Iterdir, "/data/d"),
                    Write(OsFunction.AppendText, "/data/d/other"),
                }
            )
            {
                Check(os.Answer(call), call);
            }
        }

        await done.CancelAsync();
        await swapping.InTime();
        read.ShouldBeGreaterThan(0);
        Directory.EnumerateFileSystemEntries(outside).ShouldHaveSingleItem("nothing was written outside");
        (await File.ReadAllTextAsync(Path.Combine(outside, "f"))).ShouldBe(Secret);
    }

    [LinuxTheory]
    [MemberData(nameof(OverFolders))]
    public void Pipes_sockets_and_devices_are_never_opened(MountKind kind)
    {
        Process.Start("mkfifo", Path.Combine(inside, "pipe")).WaitForExit();
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(Path.Combine(inside, "socket")));
        Link("zero", "/dev/zero");
        using var os = Mount(kind);

        foreach (var name in new[] { "pipe", "socket", "zero" })
        {
            foreach (
                var call in new[]
                {
                    Call(OsFunction.ReadBytes, $"/data/{name}"),
                    Open($"/data/{name}", "r"),
                    Open($"/data/{name}", "w"),
                    Write(OsFunction.AppendText, $"/data/{name}"),
                }
            )
            {
                os.Answer(call).ShouldBeOfType<RaiseAnswer>($"{call.Function} of {name}");
            }

            os.Answer(Call(OsFunction.IsFile, $"/data/{name}")).ShouldBe(MontyAnswer.Return(false));
        }
    }

    [LinuxFact]
    public async Task Concurrent_appends_to_one_file_are_all_kept()
    {
        const int Lines = 3000;
        using var start = new Barrier(3);
        await Task.WhenAll(
                Enumerable
                    .Range(0, 3)
                    .Select(_ =>
                        Task.Factory.StartNew(
                            () =>
                            {
                                using var os = Mount(MountKind.ReadWrite);
                                start.SignalAndWait();
                                for (uint i = 0; i < Lines; i++)
                                {
                                    os.Answer(new MontyOsCall(OsFunction.AppendText, [new MontyPath("/data/log"), "line\n"], i))
                                        .ShouldBe(MontyAnswer.Return(5));
                                }
                            },
                            CancellationToken.None,
                            TaskCreationOptions.LongRunning,
                            TaskScheduler.Default
                        )
                    )
            )
            .InTime();

        (await File.ReadAllLinesAsync(Path.Combine(inside, "log"))).Length.ShouldBe(3 * Lines);
    }

    [LinuxFact]
    public void Names_are_case_sensitive()
    {
        using var os = Mount(MountKind.ReadOnly);

        os.Answer(Call(OsFunction.Exists, "/DATA/d/f")).ShouldBe(MontyAnswer.Return(false));
        os.Answer(Call(OsFunction.Exists, "/data/D/f")).ShouldBe(MontyAnswer.Return(false));
    }

    [LinuxFact]
    public void A_file_that_is_too_large_to_send_is_refused_before_it_is_read()
    {
        using (var sparse = File.Create(Path.Combine(inside, "huge")))
        {
            sparse.SetLength(1L << 40);
        }

        using var os = Mount(MountKind.ReadOnly);

        Error(os.Answer(Call(OsFunction.ReadBytes, "/data/huge"))).ShouldBe("OSError: [Errno 27] File too large: '/data/huge'");
    }

    [LinuxFact]
    public void A_mount_keeps_its_folder_when_the_path_is_replaced()
    {
        using var os = Mount(MountKind.ReadOnly);

        Directory.Move(inside, outer.File("moved"));
        Directory.CreateSymbolicLink(inside, outside);

        Text(os.Answer(Call(OsFunction.ReadText, "/data/d/f"))).ShouldBe("inside");
        Error(os.Answer(Call(OsFunction.ReadText, "/data/f"))).ShouldStartWith("FileNotFoundError");
    }

    private static string Text(MontyAnswer answer) => ((MontyStr)((ReturnAnswer)answer).Value).Value;

    private static string Error(MontyAnswer answer) => ((RaiseAnswer)answer).Error.TypeAndMessage;

    private MontyOs Mount(MountKind kind) =>
        new(
            new MontyOsOptions
            {
                Mounts =
                [
                    kind switch
                    {
                        MountKind.ReadOnly => MontyMount.ReadOnly(inside, "/data"),
                        MountKind.ReadWrite => MontyMount.ReadWrite(inside, "/data"),
                        _ => MontyMount.Overlay(inside, "/data"),
                    },
                ],
                WorkingDirectory = "/data",
            }
        );

    private void Link(string name, string target) => File.CreateSymbolicLink(Path.Combine(inside, name), target);

    private MontyOsCall Call(OsFunction function, string path, params MontyValue[] more) =>
        new(function, [new MontyPath(path), .. more], callId++);

    private MontyOsCall Write(OsFunction function, string path) => Call(function, path, "written");

    private MontyOsCall Open(string path, string mode) => Call(OsFunction.Open, path, mode);

    private IEnumerable<MontyOsCall> CallsFor(string path) =>
        [
            Call(OsFunction.Exists, path),
            Call(OsFunction.ReadText, path),
            Call(OsFunction.ReadBytes, path),
            Call(OsFunction.Stat, path),
            Call(OsFunction.Iterdir, path),
            Call(OsFunction.Resolve, path),
            Open(path, "r"),
            Open(path, "a"),
            Write(OsFunction.WriteText, path),
            Write(OsFunction.AppendText, path),
            Call(OsFunction.Mkdir, path + "/x", true, true),
            Call(OsFunction.Unlink, path + "/f"),
            Call(OsFunction.Rename, "/data/d/f", new MontyPath(path + "/stolen")),
            Call(OsFunction.Rename, path + "/f", new MontyPath("/data/taken")),
        ];

    /// <summary>Checks that an answer contains no data from outside the mount and no path of the host.</summary>
    private void Check(MontyAnswer answer, MontyOsCall call)
    {
        var text = answer switch
        {
            ReturnAnswer returned => returned.Value.ToString(),
            RaiseAnswer raised => raised.Error.TypeAndMessage,
            _ => "",
        };
        text.ShouldNotContain(Secret, Case.Sensitive, $"{call.Function} {call.Arguments[0]}");
        if (!call.Arguments.Any(a => a.ToString().Contains(outer.Path, StringComparison.Ordinal)))
        {
            text.ShouldNotContain(outer.Path, Case.Sensitive, $"{call.Function} {call.Arguments[0]}");
        }

        if (call.Function is OsFunction.ReadText or OsFunction.ReadBytes && answer is ReturnAnswer)
        {
            text.ShouldContain("inside");
        }
    }
}
