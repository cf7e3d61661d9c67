using Akka.Actor;

namespace Monty.Actors.Actors;

/// <summary>The commands of one session that have not been answered, in order.</summary>
/// <remarks>Not thread-safe. Used by one entity.</remarks>
internal sealed class CommandQueue(int capacity, TimeProvider time)
{
    private readonly LinkedList<QueuedCommand> commands = new();
    private long lastToken;
    private int external;

    /// <summary>True if a command has not been answered.</summary>
    public bool HasWork => commands.Count > 0;

    /// <summary>True if a sender waits for the reply to a command.</summary>
    public bool HasSenders => external > 0;

    /// <summary>The requests that have not been answered, oldest first.</summary>
    public IEnumerable<object> Requests => commands.Select(c => c.Request);

    /// <summary>Adds a command of a sender that waits for the reply.</summary>
    /// <returns>False if the queue is full.</returns>
    public bool TryAdd(object request, IActorRef sender, bool isOvertaking)
    {
        if (external >= capacity)
        {
            return false;
        }

        external++;
        commands.AddLast(new QueuedCommand(++lastToken, request, sender, isOvertaking, time.GetTimestamp()));
        return true;
    }

    /// <summary>Adds a command of a call actor. There is at most one for each open call.</summary>
    public void AddInternal(SessionCommand command) =>
        commands.AddLast(new QueuedCommand(++lastToken, command, null, IsOvertaking: false, time.GetTimestamp()));

    /// <summary>Takes the commands that may overtake others and have not been passed on.</summary>
    public IEnumerable<QueuedCommand> TakeOvertaking()
    {
        foreach (var command in commands.Where(c => c is { IsOvertaking: true, IsPassedOn: false }))
        {
            command.IsPassedOn = true;
            yield return command;
        }
    }

    /// <summary>Takes the oldest command that has not been passed on, or returns null if there is none.</summary>
    public QueuedCommand? TakeNext()
    {
        if (commands.FirstOrDefault(c => !c.IsPassedOn) is not { } next)
        {
            return null;
        }

        next.IsPassedOn = true;
        return next;
    }

    /// <summary>
    /// The commands that the session actor has, and that may be the cause of its failure. Cancels and closes are not among them, because they must always be
    /// possible.
    /// </summary>
    public IReadOnlyList<QueuedCommand> Suspects =>
        [.. commands.Where(c => c is { IsPassedOn: true, IsOvertaking: false, Sender: not null })];

    /// <summary>Counts a failure of the session actor against the commands that it has.</summary>
    /// <returns>The commands that have failed too often, or null if the session actor had no command.</returns>
    public IReadOnlyList<QueuedCommand>? CountFault()
    {
        var suspects = Suspects;
        foreach (var suspect in suspects)
        {
            suspect.Faults++;
        }

        return suspects.Count == 0 ? null : [.. suspects.Where(s => s.Faults >= SessionFault.Max)];
    }

    /// <summary>Takes back the commands that were passed on and not answered, because the actor that had them is gone.</summary>
    public void ReturnAll()
    {
        foreach (var command in commands)
        {
            command.IsPassedOn = false;
        }
    }

    /// <summary>Takes the commands that senders still wait for, to send them to the next entity of the session.</summary>
    public IReadOnlyList<QueuedCommand> TakeUnanswered()
    {
        List<QueuedCommand> unanswered = [.. commands.Where(c => c.Sender is not null)];
        commands.Clear();
        external = 0;
        return unanswered;
    }

    /// <summary>Answers a command and removes it.</summary>
    public void Answer(long token, object reply)
    {
        for (var node = commands.First; node is not null; node = node.Next)
        {
            if (node.Value.Token == token)
            {
                Remove(node, reply);
                return;
            }
        }
    }

    /// <summary>Answers all commands and removes them.</summary>
    public void AnswerAll(object reply)
    {
        while (commands.First is { } first)
        {
            Remove(first, reply);
        }
    }

    /// <summary>Fails all commands and removes them.</summary>
    public void FailAll(Exception failure) => AnswerAll(new Status.Failure(failure));

    /// <summary>Fails the commands that have waited for at least a timeout.</summary>
    public void FailExpired(TimeSpan timeout, Exception failure)
    {
        for (var node = commands.First; node is not null; )
        {
            var next = node.Next;
            if (node.Value.Sender is not null && time.GetElapsedTime(node.Value.ReceivedAt) >= timeout)
            {
                Remove(node, new Status.Failure(failure));
            }

            node = next;
        }
    }

    /// <summary>Returns the time until the oldest command with a waiting sender has waited as long as the timeout.</summary>
    public TimeSpan TimeToExpiry(TimeSpan timeout)
    {
        var waited = commands.FirstOrDefault(c => c.Sender is not null) is { } first
            ? time.GetElapsedTime(first.ReceivedAt)
            : TimeSpan.Zero;
        return waited < timeout ? timeout - waited : TimeSpan.FromMilliseconds(1);
    }

    private void Remove(LinkedListNode<QueuedCommand> node, object reply)
    {
        commands.Remove(node);
        if (node.Value.Sender is { } sender)
        {
            external--;
            sender.Tell(reply);
        }
    }
}

/// <summary>A command that has not been answered.</summary>
/// <param name="Token">The number of the command.</param>
/// <param name="Request">The command, or another request.</param>
/// <param name="Sender">The sender that waits for the reply, or null for a command of a call actor.</param>
/// <param name="IsOvertaking">True if the command is passed on before those that arrived earlier.</param>
/// <param name="ReceivedAt">The time of arrival, as a timestamp.</param>
internal sealed record QueuedCommand(long Token, object Request, IActorRef? Sender, bool IsOvertaking, long ReceivedAt)
{
    /// <summary>True if the session actor has the command.</summary>
    public bool IsPassedOn { get; set; }

    /// <summary>The number of times that the session actor failed while it had the command.</summary>
    public int Faults { get; set; }
}
