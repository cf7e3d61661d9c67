using System.Globalization;
using System.Text;
using Monty.Actors;
using Monty.Interop;

namespace Monty.Load;

/// <summary>The scripts of the feeds in a crash test, with their expected results and their changes of files.</summary>
/// <remarks>
/// A session runs the feeds 1 to 4. The second one is canceled. After the third one, the session is forked, and both sessions run a fourth feed.
/// Each result depends on the values of all earlier calls, and on their order.
/// </remarks>
internal sealed class CrashScripts(int calls)
{
    public const int First = 1;
    public const int Canceled = 2;
    public const int Later = 3;
    public const int Last = 4;

    /// <summary>The number of calls in the third feed and in both fourth feeds.</summary>
    public const int CallsAfterFirstFeed = LaterCalls + LastCalls + ForkCalls;

    /// <summary>The text that the canceled feed may have appended to the log.</summary>
    public const string CanceledText = "[canceled]\n";

    /// <summary>The reason for the cancellation, which is recorded.</summary>
    public const string CancelReason = "the crash test canceled it";

    private const int LaterCalls = 2;
    private const int LastCalls = 2;
    private const int ForkCalls = 3;
    private const int CallsPerRound = 10;
    private const long Modulus = 1_000_003;
    private readonly int inFirst = calls - CallsAfterFirstFeed;

    /// <summary>The arguments of the first calls of the rounds.</summary>
    public IEnumerable<int> Rounds => Enumerable.Range(0, inFirst / CallsPerRound).Select(round => round * CallsPerRound);

    /// <summary>The arguments of the signals that are sent before their calls are announced.</summary>
    public IEnumerable<int> EarlySignals => Rounds.Select(r => r + 6);

    private int AfterRounds => inFirst / CallsPerRound * CallsPerRound;

    /// <summary>The script of the first feed. Its rounds contain all kinds of calls, one at a time and in parallel, and all changes of files.</summary>
    public string FirstCode =>
        string.Create(
            CultureInfo.InvariantCulture,
            $$"""
            import asyncio
            from datetime import timedelta
            from pathlib import Path
            def mix(total, value):
                return (total * 31 + value) % {{Modulus}}
            total = 0
            Path('/data/parts').mkdir()
            for r in range(0, {{AfterRounds}}, {{CallsPerRound}}):
                total = mix(total, effect(r))
                total = mix(total, ask(r + 1))
                for value in await asyncio.gather(effect_async(r + 2), ask_async(r + 3), effect_async(r + 4)):
                    total = mix(total, value)
                with open('/data/log', 'a') as f:
                    f.write(f'[start {r}]')
                    f.write(f'[end {r}]\n')
                before = now()
                await sleep(0.02)
                total = mix(total, 1 if now() - before >= timedelta(milliseconds=20) else 0)
                total = mix(total, await receive(f'go-{r + 6}'))
                with open('/data/state', 'w') as f:
                    f.write(f'[state {r}]')
                    f.write(f'[end {r}]')
                Path('/data/part').write_text(f'[part {r}]')
                Path('/data/part').rename(f'/data/parts/{r}')
                if r > 0:
                    Path(f'/data/parts/{r - {{CallsPerRound}}}').unlink()
                value, nothing, other = await asyncio.gather(receive(f'go-{r + 7}'), sleep(0.03), effect_async(r + 9))
                total = mix(mix(total, value), other)
                total = mix(total, len(Path('/data/log').read_text()))
            for i in range({{AfterRounds}}, {{inFirst}}):
                total = mix(total, effect(i))
            total
            """
        );

    /// <summary>Returns the script of the feed that is canceled. It never ends by itself, and computes or waits.</summary>
    public static string GetCanceledCode(SessionId session) =>
        IsComputing(session)
            ? "while True:\n    pass"
            : """
                with open('/data/log', 'a') as f:
                    f.write('[canceled]\n')
                await asyncio.gather(hang(0), receive('never'), sleep(3600), unanswered(0))
                """;

    /// <summary>Returns true if the feed is canceled after its calls were announced, and false if it is canceled immediately.</summary>
    public static bool IsCanceledLate(SessionId session) => CrashWork.NumberOf(session) % 2 == 1 && !IsComputing(session);

    /// <summary>The script of the feed after the canceled one.</summary>
    public string LaterCode =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"""
            with open('/data/log', 'a') as f:
                f.write('[later]\n')
            total = mix(total, ask({inFirst}))
            total = mix(total, effect({inFirst + 1}))
            total
            """
        );

    /// <summary>The script of the last feed of a session that was forked.</summary>
    public string LastCode =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"""
            total = mix(total, effect({inFirst + LaterCalls}))
            with open('/data/log', 'a') as f:
                f.write('[last]\n')
            total = mix(total, await receive('go-{inFirst + LaterCalls + 1}'))
            total
            """
        );

    /// <summary>The script of the only feed of a fork.</summary>
    public string ForkCode =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"""
            total = mix(total, effect({inFirst + LaterCalls + LastCalls}))
            with open('/data/log', 'a') as f:
                f.write('[fork]\n')
            await sleep(0.02)
            total = mix(total, ask({inFirst + LaterCalls + LastCalls + 2}))
            total
            """
        );

    /// <summary>Returns the expected outcome of a feed.</summary>
    public FeedOutcome GetOutcome(SessionId source, int feed, bool isFork)
    {
        if (feed == Canceled)
        {
            return new FeedOutcome.Cancelled(CancelReason);
        }

        var total = Rounds.Aggregate(0L, (current, r) => MixRound(source, current, r));
        total = Mix(source, total, Enumerable.Range(AfterRounds, inFirst - AfterRounds));
        total = feed >= Later ? Mix(source, total, [inFirst, inFirst + 1]) : total;
        if (feed == Last)
        {
            var next = inFirst + LaterCalls;
            total = isFork
                ? Mix(CrashWork.ForkOf(source), total, [next + LastCalls, next + LastCalls + 2])
                : Mix(source, total, [next, next + 1]);
        }

        return new FeedOutcome.Completed(total);
    }

    /// <summary>Returns the writes to the log of a session or a fork in order, without those of the canceled feed.</summary>
    public IEnumerable<string> GetLogWrites(bool isFork) =>
        isFork ? ["[fork]\n"] : [.. Rounds.SelectMany(LogWritesOf), "[later]\n", "[last]\n"];

    /// <summary>Returns the number of the writes to the log before those of the canceled feed.</summary>
    public int LogWritesBeforeCancel => Rounds.Count() * 2;

    /// <summary>Returns the other files that a session leaves, by path in its folder.</summary>
    public IReadOnlyDictionary<string, string> GetOtherFiles(bool isFork)
    {
        Dictionary<string, string> files = [];
        if (!isFork && Rounds.Any())
        {
            var r = Rounds.Last().ToString(CultureInfo.InvariantCulture);
            files["state"] = $"[state {r}][end {r}]";
            files[$"parts/{r}"] = $"[part {r}]";
        }

        return files;
    }

    /// <summary>Returns the argument of a call, or the number in the name of a signal.</summary>
    public static long GetArgument(MontySuspension call) =>
        call switch
        {
            MontyFunctionCall { Arguments: [MontyInt number] } when number.TryGetInt64(out var argument) => argument,
            MontyFunctionCall { Arguments: [MontyStr { Value: ['g', 'o', '-', .. var digits] }] } => long.Parse(
                digits,
                CultureInfo.InvariantCulture
            ),
            _ => throw new InvalidOperationException($"The script does not make the call {call}."),
        };

    private static bool IsComputing(SessionId session) => CrashWork.NumberOf(session) % 6 == 5;

    private static IEnumerable<string> LogWritesOf(int r) =>
        [string.Create(CultureInfo.InvariantCulture, $"[start {r}]"), string.Create(CultureInfo.InvariantCulture, $"[end {r}]\n")];

    private static long MixRound(SessionId session, long total, int r)
    {
        total = Mix(session, total, Enumerable.Range(r, 5));
        total = Mix(total, 1);
        total = Mix(session, total, [r + 6, r + 7, r + 9]);
        var log = string.Concat(Enumerable.Range(0, (r / CallsPerRound) + 1).SelectMany(round => LogWritesOf(round * CallsPerRound)));
        return Mix(total, Encoding.UTF8.GetByteCount(log));
    }

    private static long Mix(SessionId session, long total, IEnumerable<int> arguments) =>
        arguments.Aggregate(total, (current, argument) => Mix(current, CrashWork.GetValue(session, argument)));

    private static long Mix(long total, long value) => ((total * 31) + value) % Modulus;
}
