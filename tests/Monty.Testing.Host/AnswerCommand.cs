using Monty.Interop;

namespace Monty.Testing;

/// <summary>A host that goes on from a dump made in another process: it says what the session waits for, answers it, and dumps the session again.</summary>
internal static class AnswerVerb
{
    /// <summary>Reads the dump in Base64 and the answer as a literal, a line each; writes the suspension, what came next and the new dump, a line each.</summary>
    public static async Task<int> RunAsync()
    {
        using var pool = new MontyPool();
        var dump = new MontyDump(Convert.FromBase64String((await Console.In.ReadLineAsync())!));
        using var session = await pool.LoadSessionAsync(dump);
        var answer = MontyAnswer.Return(MontyLiteral.Parse((await Console.In.ReadLineAsync())!));
        var suspension = session.Pending!;
        Console.WriteLine(Describe(suspension));
        Console.WriteLine(
            Describe(
                await session.AnswerAsync(
                    suspension,
                    suspension is MontyResolveFutures waiting
                        ? MontyAnswer.Resolve(waiting.PendingCallIds.ToDictionary(id => id, _ => answer))
                        : answer
                )
            )
        );
        Console.WriteLine(Convert.ToBase64String((await session.DumpAsync()).Bytes.Span));
        return 0;
    }

    private static string Describe(MontyProgress progress) => (progress with { ExecutionTime = default }).ToString();
}
