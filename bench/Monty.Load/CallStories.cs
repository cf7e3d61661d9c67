using System.Globalization;
using Monty.Actors;
using Monty.Interop;

namespace Monty.Load;

/// <summary>How the calls of a session with one feed began and ended, and which commands the session took.</summary>
internal sealed class CallStories
{
    private readonly Dictionary<uint, CallAnnounced> announced = [];
    private readonly Dictionary<uint, int> ends = [];
    private readonly HashSet<string> commands = [];
    private readonly List<string> repeated = [];

    public CallStories(IEnumerable<SessionEvent> story)
    {
        foreach (var fact in story)
        {
            if (fact is CommandEvent { CommandId: { Length: > 0 } command } && !commands.Add(command))
            {
                repeated.Add(command);
            }

            switch (fact)
            {
                case CallAnnounced { Call: MontyFunctionCall call } begun when !announced.TryAdd(call.CallId, begun):
                    repeated.Add(string.Create(CultureInfo.InvariantCulture, $"the announcement of call {call.CallId}"));
                    break;
                case CallAnswered answered:
                    End(answered.CallId);
                    break;
                case CallTimedOut late:
                    End(late.CallId);
                    break;
                case CallDropped dropped:
                    End(dropped.CallId);
                    break;
            }
        }
    }

    /// <summary>The announcement of each call.</summary>
    public IReadOnlyDictionary<uint, CallAnnounced> Announced => announced;

    /// <summary>How often each call ended that did.</summary>
    public IReadOnlyDictionary<uint, int> Ends => ends;

    /// <summary>The ids of the commands that were applied.</summary>
    public IReadOnlySet<string> Commands => commands;

    /// <summary>What stands there more than once and must not.</summary>
    public IReadOnlyList<string> Repeated => repeated;

    private void End(uint callId) => ends[callId] = ends.GetValueOrDefault(callId) + 1;
}
