using Monty.Interop;

namespace Monty.Testing;

/// <summary>Loads a dump that another process made, answers its suspension, and dumps the session again.</summary>
internal static class AnswerCommand
{
    /// <summary>Runs the command.</summary>
    /// <remarks>
    /// It reads two lines: the dump in Base64, and the answer as a Python literal. It writes three lines: the suspension, the progress after
    /// the answer, and the new dump in Base64.
    /// </remarks>
    public static async Task<int> RunAsync()
    {
        using var pool = new MontyPool();
        var dump = new MontyDump(Convert.FromBase64String((await Console.In.ReadLineAsync())!));
        using var session = await pool.LoadSessionAsync(dump);
        var answer = MontyAnswer.Return(MontyLiteral.Parse((await Console.In.ReadLineAsync())!));
        var suspension = session.Pending!;
        Console.WriteLine(Describe(suspension));
        if (suspension is MontyResolveFutures futures)
        {
            answer = MontyAnswer.Resolve(futures.PendingCallIds.ToDictionary(id => id, _ => answer));
        }

        Console.WriteLine(Describe(await session.AnswerAsync(suspension, answer)));
        Console.WriteLine(Convert.ToBase64String((await session.DumpAsync()).Bytes.Span));
        return 0;
    }

    private static string Describe(MontyProgress progress) => (progress with { ExecutionTime = default }).ToString();
}
