using Monty.Testing.Journals;

namespace Monty.Actors.PostgreSql.Tests;

/// <summary>A journal in which appends with a certain record wait, as in a process that stood still, and are made after all.</summary>
internal sealed class HeldJournal(IJournal inner, string kind) : DelegatingJournal(inner)
{
    private readonly TaskCompletionSource goOn = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<AppendResult> result = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource held = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes once an append waits.</summary>
    public Task Held => held.Task;

    /// <summary>Lets it be made, and says what became of it.</summary>
    public Task<AppendResult> GoOnAsync()
    {
        goOn.SetResult();
        return result.Task;
    }

    public override async Task<AppendResult> AppendAsync(SessionAppend append, CancellationToken cancellationToken = default)
    {
        if (!append.Records.Any(r => r.Kind == kind))
        {
            return await base.AppendAsync(append, cancellationToken);
        }

        held.SetResult();
        await goOn.Task.WaitAsync(cancellationToken);
        result.SetResult(await base.AppendAsync(append, cancellationToken));
        return await result.Task;
    }
}
