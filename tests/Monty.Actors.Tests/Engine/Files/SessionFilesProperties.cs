using FsCheck;
using FsCheck.Fluent;
using Monty.Actors.Persistence;
using Monty.Actors.Tests.Sessions;
using Monty.Actors.Turns;
using Monty.Interop;
using Monty.Testing;
using Shouldly;
using Xunit;
using MontyOsCall = Monty.Interop.MontyOsCall;
using Resolved = Monty.Actors.CalledInline;

namespace Monty.Actors.Tests.Engine.Files;

/// <summary>Tests that the history restores the files of a session, and that a turn that did not count leaves no change in them.</summary>
public sealed class SessionFilesProperties
{
    private static readonly SessionId Id = new("tenant", "session");
    private static readonly string[] Paths =
    [
        "/work/a",
        "/work/b",
        "/work/a/b",
        "/work/a/c",
        "/over/a",
        "/over/b",
        "/over/d",
        "/over/d/e",
        "/over/d/f",
        "/work",
        "/over",
        "/elsewhere",
    ];

    private static readonly OsFunction[] Functions =
    [
        OsFunction.WriteText,
        OsFunction.AppendText,
        OsFunction.Open,
        OsFunction.Mkdir,
        OsFunction.Rename,
        OsFunction.Unlink,
        OsFunction.Rmdir,
        OsFunction.ReadText,
    ];

    [Fact]
    public async Task The_history_restores_the_files_of_a_live_session()
    {
        using var folder = new TempFolder();
        folder.Write("a", "host");
        Directory.CreateDirectory(folder.File("d"));
        folder.Write("d/e", "below");
        var time = new FakeTime();
        await using var store = new MemoryStore();
        var options = new MontyEngineOptions
        {
            Store = store,
            TimeProvider = time,
            Mounts = _ => [MontyMount.InMemory("/work", maxBytes: 1500), MontyMount.Overlay(folder.Path, "/over", maxBytes: 1500)],
        };
        var (changed, lost) = (0, 0);

        Prop.ForAll(
                Gen.Choose(0, 1 << 20).ArrayOf(200).ToArbitrary(),
                numbers =>
                {
                    var decisions = new Decisions(numbers);
                    List<SessionEvent> history = [];
                    using var live = new SessionFiles(Id, options);
                    while (decisions.AreLeft)
                    {
                        List<SessionEvent> turn = [];
                        for (var left = decisions.Below(5); left >= 0; left--)
                        {
                            turn.Add(Ask(live, time, decisions));
                        }

                        if (!decisions.OneIn(4))
                        {
                            live.Keep();
                            history.AddRange(turn.Select((@event, i) => EventCodec.Read(EventCodec.Write(@event))));
                        }
                        else
                        {
                            lost += live.IsStale ? 1 : 0;
                            if (live.IsStale)
                            {
                                live.RestoreAsync(history.ToAsyncEnumerable()).GetAwaiter().GetResult();
                            }
                        }
                    }

                    using var rebuilt = new SessionFiles(Id, options);
                    time.Advance(TimeSpan.FromHours(1));
                    rebuilt.RestoreAsync(history.ToAsyncEnumerable()).GetAwaiter().GetResult();
                    Tree(rebuilt, "/").ShouldBe(Tree(live, "/"));
                    changed += history.OfType<CalledInline>().Count(r => r is { FilesChangedAt: not null, Answer: ReturnAnswer });
                }
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(300));

        (changed > 1000, lost > 300).ShouldBe((true, true), $"both must be common to show anything: {changed}, {lost}");
        (await File.ReadAllTextAsync(folder.File("a"), FileEngine.Token)).ShouldBe("host");
    }

    private static CalledInline Ask(SessionFiles os, FakeTime time, Decisions decisions)
    {
        time.Advance(TimeSpan.FromMilliseconds(1.5));
        var (function, other) = (Functions[decisions.Below(Functions.Length)], decisions.Below(1 << 10));
        MontyValue[] more = function switch
        {
            OsFunction.WriteText or OsFunction.AppendText => [new string('x', other % 300)],
            OsFunction.Open => [new[] { "r", "w", "a" }[other % 3]],
            OsFunction.Mkdir => [other % 2 == 0, other % 3 == 0],
            OsFunction.Rename => [new MontyPath(Paths[other % Paths.Length])],
            _ => [],
        };
        var call = new MontyOsCall(function, [new MontyPath(Paths[decisions.Below(Paths.Length)]), .. more], 0);
        var reply = os.Ask(call, CancellationToken.None);
        return new CalledInline(call, reply.Answer.ShouldNotBeNull()) { FilesChangedAt = reply.FilesChangedAt };
    }

    /// <summary>Returns everything that a script can see below a path.</summary>
    private static string Tree(SessionFiles os, string path)
    {
        var children = Ask(os, OsFunction.Iterdir, path) is ReturnAnswer { Value: MontyList list }
            ? list.Items.Select(p => Tree(os, ((MontyPath)p).Value))
            : [];
        return $"{path}: {Ask(os, OsFunction.Stat, path)} {Ask(os, OsFunction.ReadText, path)}\n{string.Concat(children)}";
    }

    private static MontyAnswer? Ask(SessionFiles os, OsFunction function, string path) =>
        os.Ask(new MontyOsCall(function, [new MontyPath(path)], 0), CancellationToken.None).Answer;
}
