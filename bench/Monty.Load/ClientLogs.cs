namespace Monty.Load;

/// <summary>The logs that the clients of the sessions write.</summary>
internal sealed class ClientLogs(LogFolder folder) : IDisposable
{
    /// <summary>The log of the commands that were accepted.</summary>
    public LineLog Acks { get; } = new(folder.Acks);

    /// <summary>The log of the commands that were refused although they should not have been.</summary>
    public LineLog Refusals { get; } = new(folder.Refusals);

    public void Dispose()
    {
        Acks.Dispose();
        Refusals.Dispose();
    }
}
