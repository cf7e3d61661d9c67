using Monty.Interop.TypeChecking.Formats;
using Monty.Interop.Wire;
using Monty.Interop.Workers;

namespace Monty.Interop.TypeChecking;

/// <summary>Checks code on a scratch worker without running it.</summary>
/// <remarks>
/// A checked module begins with a <c>match</c> statement, which the checker knows and the runtime's parser refuses before anything runs: a feed
/// that passes the check ends with that refusal (docs/concepts/wire.md, type checking).
/// </remarks>
internal static class TypeChecker
{
    private const string ModuleName = "main.py";
    private const string Refusal = "does not yet support pattern matching";

    // The runtime's numbers. GitLab's format is the one that tells errors from warnings; the others are asked for when there is something to tell.
    private const uint Full = 1;
    private const uint Json = 4;
    private const uint GitLab = 8;
    private const uint GitHub = 9;

    public static async Task<TypeCheckReport> CheckAsync(
        WorkerConnection worker,
        CheckedModule module,
        string stubs,
        TimeSpan timeout,
        CancellationToken cancellationToken
    )
    {
        var reader = new FindingReader(module, ModuleName);
        var text = ValueEncoder.Text(module.Text, "code");
        RequestSize.RequireText(text, "code to check, with what comes before it,"); // before anything is queued
        RequestSize.RequireText(stubs, "declarations of the tools");
        if (await FindAsync(GitLab).ConfigureAwait(false) is not { } gitLab || !reader.Concerns(gitLab))
        {
            return TypeCheckReport.Empty;
        }

        var found = reader.Read(
            gitLab,
            (await FindAsync(Json).ConfigureAwait(false))!,
            (await FindAsync(GitHub).ConfigureAwait(false))!,
            (await FindAsync(Full).ConfigureAwait(false))!
        );
        return new TypeCheckReport(found, module.Code);

        Task<string?> FindAsync(uint format) => TypeChecker.FindAsync(worker, text, stubs, format, timeout, cancellationToken);
    }

    /// <exception cref="ArgumentException">The stubs are broken: the runtime would ignore them silently.</exception>
    public static async Task RequireSoundAsync(WorkerConnection worker, string stubs, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var module = new CheckedModule(ValueEncoder.Text(stubs, "stubs"), "stubs", [], []);
        var found = await CheckAsync(worker, module, "", timeout, cancellationToken).ConfigureAwait(false);
        if (found.Diagnostics.FirstOrDefault(d => d.Rule == "invalid-syntax") is not { } broken)
        {
            return;
        }

        throw new ArgumentException(
            $"The stubs are broken, and the checker would ignore them: line {broken.Start.Line}, column {broken.Start.Column}: {broken.Message}. Mend them first."
        );
    }

    /// <summary>What is found in one format; null for nothing.</summary>
    private static async Task<string?> FindAsync(
        WorkerConnection worker,
        string code,
        string stubs,
        uint format,
        TimeSpan timeout,
        CancellationToken cancellationToken
    )
    {
        worker.EnqueueForOk(
            new ParentRequest
            {
                Configure = new Configure
                {
                    ScriptName = ModuleName,
                    ProtocolVersion = WorkerConnection.ProtocolVersion,
                    TypeCheck = true,
                    TypeCheckStubs = stubs,
                    TypeCheckFormat = format,
                    TypeCheckColor = true,
                    Limits = new ResourceLimits { MaxDurationMicros = 0 }, // nothing is meant to run; checking does not count
                },
            }
        );
        worker.Enqueue(new ParentRequest { Feed = new Feed { Code = code } });
        var reply = await worker.ReceiveAsync(null, timeout, cancellationToken).ConfigureAwait(false);
        worker.EnqueueForOk(new ParentRequest { Reset = new Unit() });
        return reply.KindCase switch
        {
            ChildEvent.KindOneofCase.TypingError => worker.Read(reply, static r => r.Read(TypingError.Parser)).Diagnostics,
            ChildEvent.KindOneofCase.Error => ReadRefusal(worker.Read(reply, static r => r.ReadError())),
            _ => throw new InvalidOperationException(
                $"The runtime answered {reply.KindCase} to a type check, which must end without running the code. This runtime is not the one that the client pins."
            ),
        };
    }

    /// <summary>Nothing when the code passed and met the parser's refusal.</summary>
    private static string? ReadRefusal(Error reply) =>
        reply.Exception?.Message?.Contains(Refusal, StringComparison.Ordinal) == true
            ? null
            : throw new ArgumentException(
                $"The type checker failed: {ErrorDecoder.Decode(reply.Exception, new FeedNames()).TypeAndMessage}"
            );
}
