using FsCheck;
using FsCheck.Fluent;

namespace Monty.Interop.Tests.Sessions;

/// <summary>Feeds of one session, which print, call the host, read names and the environment, loop, raise and catch.</summary>
/// <param name="Feeds">Their source, in order.</param>
public sealed record PythonProgram(IReadOnlyList<string> Feeds)
{
    public override string ToString() => string.Join("\n--- next feed ---\n", Feeds);
}

internal static class PythonProgramGenerator
{
    private const int MaxDepth = 3;

    private static readonly Gen<string> Simple = Gen.OneOf(
        Gen.Elements(
            "v = call_next(v)",
            "v = call_raise(v, kind='x')",
            "v = call_missing(v)",
            "log.append(call_next(len(log), v=v))",
            "v = name_five",
            "v = name_missing",
            "v = int(os.getenv('N', '3'))",
            "os.environ",
            "log.append(v)",
            "v //= len(log)",
            "raise KeyError(v)",
            "raise ValueError('é😀', v)",
            "def f(n):\n    return call_next(n)",
            "v = f(v)",
            "print(end='')",
            "v = [call_next(i) for i in range(2)][1]",
            "assert v < 9, call_next(v)",
            "log = {'a': log}",
            "v = 'not a number'"
        ),
        Gen.Choose(0, 20).Select(n => $"v = {n}"),
        Gen.Choose(0, 300).Select(n => $"print('x' * {n * 40}, v)"),
        Gen.Choose(0, 9).Select(n => $"print({n}, v, end='')")
    );

    /// <summary>Shrinks by leaving out feeds.</summary>
    public static Arbitrary<PythonProgram> Arbitrary { get; } =
        Arb.From(
            Feed().NonEmptyListOf().Select(feeds => new PythonProgram([.. feeds.Take(3)])),
            program =>
                Enumerable
                    .Range(0, program.Feeds.Count)
                    .Where(_ => program.Feeds.Count > 1)
                    .Select(i => new PythonProgram([.. program.Feeds.Where((_, at) => at != i)]))
        );

    private static Gen<string> Feed() => Block(MaxDepth).Select(block => $"import os\nv = 1\nlog = [1]\n{block}\n(v, log)");

    private static Gen<string> Block(int depth) =>
        Gen.Choose(1, 5).SelectMany(n => Statement(depth).ListOf(n)).Select(lines => string.Join('\n', lines));

    private static Gen<string> Statement(int depth) =>
        depth == 0
            ? Simple
            : Gen.Frequency(
                (6, Simple),
                (1, from body in Block(depth - 1) from times in Gen.Choose(0, 3) select $"for i in range({times}):\n{Indent(body)}"),
                (1, Block(depth - 1).Select(body => $"if v:\n{Indent(body)}\nelse:\n    v = call_next(0)")),
                (
                    2,
                    from body in Block(depth - 1)
                    from kind in Gen.Elements("ValueError", "Exception", "KeyError")
                    select $"try:\n{Indent(body)}\nexcept {kind} as e:\n    print('caught', e)\nfinally:\n    log.append(0)"
                )
            );

    private static string Indent(string body) => "    " + body.Replace("\n", "\n    ", StringComparison.Ordinal);
}
