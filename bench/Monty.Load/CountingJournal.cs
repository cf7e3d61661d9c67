using Monty.Actors;
using Monty.Testing.Journals;

namespace Monty.Load;

/// <summary>Counts the appends that another journal has made durable.</summary>
internal sealed class CountingJournal(IJournal inner) : DelegatingJournal(inner)
{
    private long appends;

    public long Appends => Interlocked.Read(ref appends);

    public override async Task<AppendResult> AppendAsync(SessionAppend append, CancellationToken cancellationToken = default)
    {
        var result = await base.AppendAsync(append, cancellationToken);
        if (result == AppendResult.Appended)
        {
            Interlocked.Increment(ref appends);
        }

        return result;
    }
}
