using System.Globalization;
using Monty.Actors;
using Monty.Interop;

namespace Monty.Load;

/// <summary>The calls and commands in the history of a session with one feed.</summary>
internal sealed class CallHistory
{
    private readonly Dictionary<uint, CallAnnounced> announced = [];
    private readonly Dictionary<uint, int> endCounts = [];
    private readonly HashSet<string> commands = [];
    private readonly List<string> duplicates = [];

    public CallHistory(IEnumerable<SessionEvent> history)
    {
        foreach (var sessionEvent in history)
        {
            if (sessionEvent is CommandEvent { CommandId: { Length: > 0 } command } && !commands.Add(command))
            {
                duplicates.Add(command);
            }

            switch (sessionEvent)
            {
                case CallAnnounced { Call: MontyFunctionCall call } announcement when !announced.TryAdd(call.CallId, announcement):
                    duplicates.Add(string.Create(CultureInfo.InvariantCulture, $"the announcement of call {call.CallId}"));
                    break;
                case CallAnswered answered:
                    CountEnd(answered.CallId);
                    break;
                case CallTimedOut timedOut:
                    CountEnd(timedOut.CallId);
                    break;
                case CallDropped dropped:
                    CountEnd(dropped.CallId);
                    break;
            }
        }
    }

    /// <summary>The announcements, by call id.</summary>
    public IReadOnlyDictionary<uint, CallAnnounced> Announced => announced;

    /// <summary>The number of times that each call ended, by call id. Open calls are missing.</summary>
    public IReadOnlyDictionary<uint, int> EndCounts => endCounts;

    /// <summary>The ids of the applied commands.</summary>
    public IReadOnlySet<string> Commands => commands;

    /// <summary>The command ids and announcements that occur more than once.</summary>
    public IReadOnlyList<string> Duplicates => duplicates;

    private void CountEnd(uint callId) => endCounts[callId] = endCounts.GetValueOrDefault(callId) + 1;
}
