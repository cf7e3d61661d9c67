using System.Globalization;
using System.Text;
using Monty.Actors;
using Monty.Interop;

namespace Monty.Load;

/// <summary>The work of one waiting session: its own code, the answers to its earlier calls, and the result that it must give.</summary>
/// <remarks>All of it follows from the number of the session, so that each process derives the same work.</remarks>
internal sealed class WaitingSession
{
    /// <summary>The tenants that share the sessions.</summary>
    public static readonly IReadOnlyList<string> Tenants =
    [
        .. Enumerable.Range(0, 7).Select(i => string.Create(CultureInfo.InvariantCulture, $"tenant-{i}")),
    ];

    /// <summary>The command id of the feed that waits.</summary>
    public const string FeedId = "feed";

    private const int Modulus = 1_000_003;
    private readonly int number;
    private readonly int earlierCalls;
    private readonly int rows;
    private readonly int factor;

    public WaitingSession(int number)
    {
        this.number = number;
        var random = new Random(number);
        var turns = random.Next(8) == 0 ? random.Next(5, 21) : random.Next(1, 5);
        HasDefinitions = turns > 2 && random.Next(2) == 0;
        earlierCalls = turns - (HasDefinitions ? 2 : 1);
        rows = random.Next(10) == 0 ? random.Next(100, 400) : random.Next(1, 20);
        factor = random.Next(2, 1000);
    }

    /// <summary>The call that a session waits for at last.</summary>
    private enum LastCall
    {
        Tool,
        Signal,
        Timer,
    }

    public SessionId Id => new(Tenants[number % Tenants.Count], string.Create(CultureInfo.InvariantCulture, $"session-{number}"));

    /// <summary>True if an earlier feed of the session defines a function that the last feed uses.</summary>
    public bool HasDefinitions { get; }

    /// <summary>True if a command can end the wait. A timer cannot be answered.</summary>
    public bool IsAnswerable => Last != LastCall.Timer;

    private LastCall Last => (LastCall)(number % 3);

    /// <summary>The definitions, which run as a feed of their own, or at the start of the last feed.</summary>
    public string Definitions =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"""
            def step_{number}(total, value):
                return (total * {factor} + value) % {Modulus}
            rows = [f'row {"{"}n{"}"} of {number}' for n in range({rows})]

            """
        );

    /// <summary>The code of the feed that waits.</summary>
    public string Code
    {
        get
        {
            var code = new StringBuilder(HasDefinitions ? "" : Definitions);
            code.Append(CultureInfo.InvariantCulture, $"text = '{Text}'\ntotal = {number}\n");
            for (var i = 0; i < earlierCalls; i++)
            {
                code.Append(CultureInfo.InvariantCulture, $"total = step_{number}(total, ask(total, {i}))\n");
            }

            code.Append(CultureInfo.InvariantCulture, $"last = {LastExpression}\n");
            return code.Append("f'{text}, {total}, {last}, {rows[-1]}, {len(rows)}'").ToString();
        }
    }

    /// <summary>The commands that answer the earlier calls, in order.</summary>
    public IEnumerable<SessionCommand> EarlierAnswers =>
        Enumerable.Range(0, earlierCalls).Select(i => Answer(i, MontyAnswer.Return(Value(i))));

    /// <summary>The command that ends the wait.</summary>
    public SessionCommand LastAnswer =>
        Last == LastCall.Tool ? Answer(earlierCalls, MontyAnswer.Return(LastValue)) : new SignalCommand("last", SignalName, LastValue);

    /// <summary>The result of the feed after the last answer.</summary>
    public FeedOutcome Expected
    {
        get
        {
            var total = (long)number;
            for (var i = 0; i < earlierCalls; i++)
            {
                total = ((total * factor) + Value(i)) % Modulus;
            }

            return new FeedOutcome.Completed(
                string.Create(CultureInfo.InvariantCulture, $"{Text}, {total}, {LastValue}, row {rows - 1} of {number}, {rows}")
            );
        }
    }

    private string Text => string.Create(CultureInfo.InvariantCulture, $"naïve text {number * 17L} of session {number}");

    private string SignalName => string.Create(CultureInfo.InvariantCulture, $"go-{number}");

    private string LastValue => string.Create(CultureInfo.InvariantCulture, $"answer {factor} to {number}");

    private string LastExpression =>
        Last switch
        {
            LastCall.Tool => "ask(total, text)",
            LastCall.Signal => $"await receive('{SignalName}')",
            _ => string.Create(CultureInfo.InvariantCulture, $"await sleep({TimeSpan.FromDays(365).TotalSeconds + number})"),
        };

    private long Value(int call) => (number * 7L) + call;

    private AnswerCommand Answer(int call, MontyAnswer answer) =>
        new(string.Create(CultureInfo.InvariantCulture, $"answer-{call}"), HasDefinitions ? 2 : 1, (uint)call, answer);
}
