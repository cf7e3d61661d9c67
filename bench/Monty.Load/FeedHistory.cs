using System.Globalization;
using Monty.Actors;
using Monty.Interop;

namespace Monty.Load;

/// <summary>The calls and the end of a feed in the history of a session.</summary>
internal sealed class FeedHistory(FeedStarted started)
{
    private readonly Dictionary<uint, CallAnnounced> announced = [];
    private readonly Dictionary<uint, int> endCounts = [];
    private readonly HashSet<uint> answered = [];
    private readonly List<FeedOutcome> outcomes = [];
    private readonly List<string> stops = [];

    /// <summary>The number of the feed.</summary>
    public int Number { get; } = started.Feed;

    /// <summary>The id of the command that started the feed.</summary>
    public string CommandId { get; } = started.CommandId;

    /// <summary>The announcements, by call id.</summary>
    public IReadOnlyDictionary<uint, CallAnnounced> Announced => announced;

    /// <summary>The number of announced calls of tools.</summary>
    public int ToolCalls => announced.Values.Count(a => a.Call is MontyFunctionCall);

    /// <summary>The number of times that each call ended, by call id. Open calls are missing.</summary>
    public IReadOnlyDictionary<uint, int> EndCounts => endCounts;

    /// <summary>The ids of the calls that were answered, and not dropped.</summary>
    public IReadOnlySet<uint> Answered => answered;

    /// <summary>The outcomes of the feed. There should be one.</summary>
    public IReadOnlyList<FeedOutcome> Outcomes => outcomes;

    /// <summary>The ids of the commands that stopped the feed.</summary>
    public IReadOnlyList<string> Stops => stops;

    /// <summary>Adds an event.</summary>
    /// <returns>A description if the event must not occur again.</returns>
    public IEnumerable<string> Add(SessionEvent @event)
    {
        switch (@event)
        {
            case CallAnnounced announcement when !announced.TryAdd(SessionEvolver.CallIdOf(announcement.Call), announcement):
                return
                [
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"the announcement of call {SessionEvolver.CallIdOf(announcement.Call)} of feed {Number}"
                    ),
                ];
            case CallAnswered answer:
                answered.Add(answer.CallId);
                CountEnd(answer.CallId);
                break;
            case CallTimedOut timedOut:
                CountEnd(timedOut.CallId);
                break;
            case CallDropped dropped:
                CountEnd(dropped.CallId);
                break;
            case FeedStopping stopping:
                stops.Add(stopping.CommandId);
                break;
            case FeedEnded ended:
                outcomes.Add(ended.Outcome);
                break;
        }

        return [];
    }

    private void CountEnd(uint callId) => endCounts[callId] = endCounts.GetValueOrDefault(callId) + 1;
}
