using Monty.Actors.Persistence;
using Monty.Testing.Stores;

namespace Monty.Actors.PostgreSql.Tests;

/// <summary>A store in which the first commit with a certain event waits, as in a suspended process, and is written later.</summary>
internal sealed class HeldStore(SessionStore inner, Predicate<SessionEvent> isHeld) : DelegatingStore(inner)
{
    private readonly TaskCompletionSource goOn = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<WriteOutcome> result = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource held = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when a commit waits.</summary>
    public Task Held => held.Task;

    /// <summary>Writes the waiting commit, and returns its outcome.</summary>
    public Task<WriteOutcome> GoOnAsync()
    {
        goOn.SetResult();
        return result.Task;
    }

    internal override void Write(IReadOnlyList<ChangeWrite> writes)
    {
        var isTheOne = writes.Any(IsHeld) && held.TrySetResult();
        if (isTheOne)
        {
            goOn.Task.GetAwaiter().GetResult();
        }

        base.Write(writes);
        if (isTheOne)
        {
            result.SetResult(writes.First(IsHeld).Outcome);
        }
    }

    private bool IsHeld(ChangeWrite write) =>
        ChangeCodec.Read(Persistence.Proto.Change.Parser.ParseFrom(write.Row.Payload.Span)).Events.Any(e => isHeld(e));
}
