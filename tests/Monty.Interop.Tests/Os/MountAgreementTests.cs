using FsCheck;
using FsCheck.Fluent;
using Shouldly;

namespace Monty.Interop.Tests.Os;

/// <summary>File calls get the same answers from a folder of the host, an overlay and a mount in memory, so a script cannot distinguish them.</summary>
public sealed class MountAgreementTests
{
    private static readonly string[] Paths = ["a", "b", "a/b", "a/c", "b/a", "a/b/c", "a/b/c/d", ".", "a/../b", ""];

    private static readonly OsFunction[] Functions =
    [
        OsFunction.Exists,
        OsFunction.IsFile,
        OsFunction.IsDir,
        OsFunction.ReadText,
        OsFunction.Iterdir,
        OsFunction.Unlink,
        OsFunction.Rmdir,
        OsFunction.WriteText,
        OsFunction.AppendText,
        OsFunction.Open,
        OsFunction.Mkdir,
        OsFunction.Rename,
        OsFunction.Resolve,
        OsFunction.Stat,
    ];

    [LinuxFact]
    public void Every_sequence_of_calls_gets_the_same_answers()
    {
        var answered = 0;
        var refused = 0;
        Prop.ForAll(
                Gen.Choose(0, int.MaxValue).ArrayOf(120).ToArbitrary(),
                numbers =>
                {
                    var empty = new Dictionary<string, ReadOnlyMemory<byte>>();
                    using var folder = new FileWorld(MountKind.ReadWrite, empty);
                    using var overlay = new FileWorld(MountKind.Overlay, empty);
                    using var memory = new FileWorld(MountKind.InMemory, empty);
                    foreach (var call in CreateCalls(numbers))
                    {
                        var expected = Show(folder.Os.Answer(call));
                        Show(overlay.Os.Answer(call)).ShouldBe(expected, $"overlay: {call}");
                        Show(memory.Os.Answer(call)).ShouldBe(expected, $"in memory: {call}");
                        if (expected.Contains("Error", StringComparison.Ordinal))
                        {
                            refused++;
                        }
                        else
                        {
                            answered++;
                        }
                    }

                    Directory.EnumerateFileSystemEntries(overlay.Folder).ShouldBeEmpty();
                }
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(300));
        Math.Min(answered, refused).ShouldBeGreaterThan(5000, "both outcomes must be frequent for the test to be meaningful");
    }

    private static IEnumerable<MontyOsCall> CreateCalls(int[] numbers)
    {
        for (uint i = 0; i + 2 < numbers.Length; i += 3)
        {
            var function = Functions[numbers[i] % Functions.Length];
            var path = new MontyPath(Paths[numbers[i + 1] % Paths.Length]);
            var other = numbers[i + 2];
            MontyValue[] more = function switch
            {
                OsFunction.WriteText or OsFunction.AppendText => [$"text {other % 7}\n"],
                OsFunction.Open => [new[] { "r", "w", "a" }[other % 3]],
                OsFunction.Mkdir => [other % 2 == 0, other % 3 == 0],
                OsFunction.Rename => [new MontyPath(Paths[other % Paths.Length])],
                _ => [],
            };
            yield return new MontyOsCall(function, [path, .. more], i);
        }
    }

    /// <summary>Formats an answer without the parts that may differ: times, and the size of a folder.</summary>
    private static string Show(MontyAnswer answer) =>
        answer switch
        {
            RaiseAnswer raised => raised.Error.TypeAndMessage,
            ReturnAnswer { Value: MontyNamedTuple stat } => $"mode {(((MontyInt)stat.Fields[0].Value).Value >> 12)}",
            ReturnAnswer returned => returned.Value.ToString(),
            _ => answer.ToString(),
        };
}
