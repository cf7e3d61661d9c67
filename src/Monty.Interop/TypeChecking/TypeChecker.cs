using Monty.Interop.TypeChecking.Formats;
using Monty.Interop.Wire;
using Monty.Interop.Workers;

namespace Monty.Interop.TypeChecking;

/// <summary>Runs one check on one worker, within a budget, without running the code.</summary>
/// <remarks>
/// A checked module begins with a <c>match</c> statement, which the checker knows and the runtime's parser refuses before anything runs. So a
/// feed that passes the check ends with that refusal (docs/concepts/wire.md, type checking).
/// </remarks>
internal sealed class TypeChecker(WorkerConnection worker, CheckBudget budget, CancellationToken cancellationToken)
{
    private const string ModuleName = "main.py";
    private const string StubsName = "stubs";
    private const string Refusal = "does not yet support pattern matching";

    // The runtime's numbers of the formats. Each of these holds something that the others leave out.
    private const uint Full = 1;
    private const uint JsonLines = 5;
    private const uint GitLab = 8;
    private const uint GitHub = 9;

    /// <summary>Checks a module.</summary>
    /// <returns>The findings, or the report of a check that could not be finished.</returns>
    public async Task<TypeCheckReport> CheckAsync(CheckedModule module, string stubs)
    {
        try
        {
            return await FindAsync(module, stubs).ConfigureAwait(false);
        }
        catch (Exception exception) when (CheckFailure.From(exception, budget.Limits) is { } failure)
        {
            return failure.CreateReport("the code", module.ScriptName);
        }
    }

    /// <summary>Checks that stubs can be parsed.</summary>
    /// <returns>Null, or the report of a check that could not be finished.</returns>
    /// <exception cref="ArgumentException">The stubs are not valid, and the runtime would ignore them silently.</exception>
    public async Task<TypeCheckReport?> CheckStubsAsync(string stubs)
    {
        var module = new CheckedModule(new TypeCheckRequest(ValueEncoder.CheckText(stubs, "stubs"), StubsName));
        try
        {
            if (
                await AskAsync(module.Text, "", JsonLines).ConfigureAwait(false) is { } json
                && new FindingReader(module, ModuleName).FindSyntaxError(json) is { } broken
            )
            {
                throw new ArgumentException(
                    $"The stubs are broken, and the checker would ignore them: line {broken.Start.Line}, column {broken.Start.Column}: {broken.Message}. Fix them first."
                );
            }

            return null;
        }
        catch (Exception exception) when (CheckFailure.From(exception, budget.Limits) is { } failure)
        {
            return failure.CreateReport("the stubs", StubsName);
        }
    }

    private async Task<TypeCheckReport> FindAsync(CheckedModule module, string stubs)
    {
        var reader = new FindingReader(module, ModuleName);
        var text = ValueEncoder.CheckText(module.Text, "code");
        RequestSize.RequireText(text, "code to check, with what comes before it,"); // before anything is queued
        RequestSize.RequireText(stubs, "declarations of the tools");
        if (await AskAsync(text, stubs, JsonLines).ConfigureAwait(false) is not { } json || !reader.HasFindings(json))
        {
            return TypeCheckReport.Empty;
        }

        var gitHub = await RequireAsync(GitHub).ConfigureAwait(false);
        var hasDetails = reader.CanAffordDetails(json, budget.Limits.MaxFindings);
        var gitLab = hasDetails ? await RequireAsync(GitLab).ConfigureAwait(false) : null;
        var full = hasDetails ? await RequireAsync(Full).ConfigureAwait(false) : null;
        return reader.Read(new CheckerOutput(json, gitHub, gitLab, full), budget.Limits.MaxFindings);

        async Task<string> RequireAsync(uint format) =>
            await AskAsync(text, stubs, format).ConfigureAwait(false)
            ?? throw new InvalidOperationException(
                "The runtime found something in one check and nothing in the next of the same code. This runtime is not the one that the client pins."
            );
    }

    /// <summary>Asks for the findings in one format. Returns null when there are none.</summary>
    private async Task<string?> AskAsync(string code, string stubs, uint format)
    {
        var timeLeft = budget.TimeLeft;
        if (timeLeft <= TimeSpan.Zero)
        {
            worker.Break(WorkerFailure.TimedOut);
        }

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
                    Limits = new ResourceLimits
                    {
                        MaxDurationMicros = 0, // no code is meant to run, and the time of a check does not count
                        MaxMemoryBytes = (ulong)budget.Limits.MaxMemoryBytes,
                    },
                },
            }
        );
        worker.Enqueue(new ParentRequest { Feed = new Feed { Code = code } });
        var reply = await worker.ReceiveAsync(null, timeLeft, cancellationToken).ConfigureAwait(false);
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

    /// <summary>Returns null when the code passed the check and the parser refused it, as expected.</summary>
    private static string? ReadRefusal(Error reply) =>
        reply.Exception?.Message?.Contains(Refusal, StringComparison.Ordinal) == true
            ? null
            : throw new CheckerErrorException(ErrorDecoder.Decode(reply.Exception, new FeedNames()).TypeAndMessage);
}
