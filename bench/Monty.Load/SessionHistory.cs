using Monty.Actors;

namespace Monty.Load;

/// <summary>The history of a session. The events that a fork copied from its source are separate.</summary>
internal sealed class SessionHistory
{
    private readonly List<FeedHistory> feeds = [];
    private readonly HashSet<string> commands = [];
    private readonly List<string> duplicates = [];
    private readonly Dictionary<string, int> signals = [];
    private readonly List<SessionForked> forks = [];
    private readonly List<SessionEvent> copied = [];

    public SessionHistory(IReadOnlyList<SessionEvent> events)
    {
        Events = events;
        for (var i = 0; i < events.Count; i++)
        {
            if (events[i] is SessionForked forked)
            {
                StartAsFork(forked, events.Take(i));
            }
            else
            {
                Add(events[i]);
            }
        }
    }

    /// <summary>All events.</summary>
    public IReadOnlyList<SessionEvent> Events { get; }

    /// <summary>The events before the first fork event: copies from the source.</summary>
    public IReadOnlyList<SessionEvent> Copied => copied;

    /// <summary>The events that started the session as a fork.</summary>
    public IReadOnlyList<SessionForked> Forks => forks;

    /// <summary>The session's own feeds.</summary>
    public IReadOnlyList<FeedHistory> Feeds => feeds;

    /// <summary>The ids of the session's own commands that were applied.</summary>
    public IReadOnlySet<string> Commands => commands;

    /// <summary>The command ids and announcements that occur more than once, and events that belong to no feed.</summary>
    public IReadOnlyList<string> Duplicates => duplicates;

    /// <summary>The number of signals of each name that were received, minus those that a call took.</summary>
    public IReadOnlyDictionary<string, int> KeptSignals => signals;

    private void StartAsFork(SessionForked forked, IEnumerable<SessionEvent> before)
    {
        if (forks.Count == 0)
        {
            copied.AddRange(before);
            feeds.Clear();
            commands.Clear();
            duplicates.Clear();
        }

        forks.Add(forked);
        AddCommand(forked.CommandId);
    }

    private void Add(SessionEvent @event)
    {
        if (@event is CommandEvent { CommandId: { Length: > 0 } command })
        {
            AddCommand(command);
        }

        switch (@event)
        {
            case FeedStarted started:
                feeds.Add(new FeedHistory(started));
                break;
            case SignalReceived received:
                signals[received.Name] = signals.GetValueOrDefault(received.Name) + 1;
                break;
            case SignalTaken taken:
                signals[taken.Name] = signals.GetValueOrDefault(taken.Name) - 1;
                break;
            default:
                AddToFeed(@event);
                break;
        }
    }

    private void AddToFeed(SessionEvent @event)
    {
        if (feeds.Count > 0)
        {
            duplicates.AddRange(feeds[^1].Add(@event));
        }
        else if (@event is CallAnnounced or CallAnswered or CallTimedOut or CallDropped or FeedStopping or FeedEnded)
        {
            duplicates.Add($"the event {@event.GetType().Name} without a feed");
        }
    }

    private void AddCommand(string command)
    {
        if (!commands.Add(command))
        {
            duplicates.Add($"the command {command}");
        }
    }
}
