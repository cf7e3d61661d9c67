using System.Text;
using System.Text.Json;
using Monty.Interop;

namespace Monty.Actors.Persistence;

/// <summary>Measures texts and values that are to be stored before anything is built from them.</summary>
/// <remarks>
/// A first walk adds upper bounds, which takes little time and no memory. Only content whose bound exceeds the limit is counted exactly. Everything else in a
/// change is small.
/// </remarks>
internal struct ContentSize
{
    private const int MaxBytesPerCharacter = 3;
    private readonly bool isExact;
    private long remaining;

    private ContentSize(long limit, bool isExact)
    {
        remaining = limit;
        this.isExact = isExact;
    }

    private readonly bool IsExceeded => remaining < 0;

    /// <summary>Returns the reason why events cannot be stored in one change, or null if their content is not larger than a limit.</summary>
    /// <param name="events">The events.</param>
    /// <param name="limit">The limit of the change, in bytes.</param>
    /// <param name="used">The number of bytes that the change has already.</param>
    public static string? WhyTooLarge(EquatableArray<SessionEvent> events, long limit, long used) =>
        WhyTooLarge(events, limit, used, static (ref size, content) => size.Add(content));

    /// <summary>Returns the reason why a command cannot be stored in one change, or null if its content is not larger than a limit.</summary>
    public static string? WhyTooLarge(SessionCommand command, long limit) =>
        WhyTooLarge(command, limit, 0, static (ref size, content) => size.Add(content));

    /// <summary>Returns the reason why a turn cannot be stored in one change, or null if its content is not larger than a limit.</summary>
    public static string? WhyTooLarge(TurnOutcome outcome, long limit) =>
        outcome is TurnOutcome.Ran ran ? WhyTooLarge(ran, limit, 0, static (ref size, content) => size.Add(content)) : null;

    private static string? WhyTooLarge<T>(T content, long limit, long used, Adding<T> add)
    {
        var bound = new ContentSize(limit - used, isExact: false);
        add(ref bound, content);
        if (!bound.IsExceeded)
        {
            return null;
        }

        var exact = new ContentSize(limit - used, isExact: true);
        try
        {
            add(ref exact, content);
        }
        catch (JsonException)
        {
            return null; // a value that cannot be written at all is refused for this reason when it is checked or encoded
        }

        return exact.IsExceeded ? $"the change has at least {limit - exact.remaining} bytes, and the store accepts at most {limit}" : null;
    }

    private void Add(EquatableArray<SessionEvent> events)
    {
        for (var i = 0; i < events.Count; i++)
        {
            Add(events[i]);
        }
    }

    private void Add(SessionEvent @event)
    {
        switch (@event)
        {
            case FeedStarted feed:
                Add(feed.Code);
                Add(feed.Inputs);
                break;
            case TextPrinted printed:
                Add(printed.Text);
                break;
            case CalledInline called:
                Add(called.Suspension);
                Add(called.Answer);
                break;
            case CallAnnounced announced:
                Add(announced.Call);
                break;
            case CallAnswered answered:
                Add(answered.Answer);
                break;
            case SignalReceived signal:
                Add(signal.Value);
                break;
            case FeedEnded ended:
                Add(ended.Outcome);
                break;
            case FeedStopping stopping:
                Add(stopping.Outcome);
                break;
        }
    }

    private void Add(SessionCommand command)
    {
        switch (command)
        {
            case FeedCommand feed:
                Add(feed.Code);
                Add(feed.Inputs);
                break;
            case AnswerCommand answer:
                Add(answer.Answer);
                break;
            case EndCallCommand ended:
                Add(ended.Answer);
                break;
            case SignalCommand signal:
                Add(signal.Value);
                break;
        }
    }

    private void Add(TurnOutcome.Ran ran)
    {
        for (var i = 0; i < ran.Steps.Count; i++)
        {
            Add(ran.Steps[i].Printed);
            Add(ran.Steps[i].Suspension);
            Add(ran.Steps[i].Answer);
        }

        Add(ran.Printed);
        switch (ran.Progress)
        {
            case MontyComplete complete:
                Add(complete.Value);
                break;
            case MontyFailed failed:
                Add(failed.Error);
                break;
            case MontyTypingFailed typing:
                Add(typing.Diagnostics);
                break;
            case MontySuspension suspension:
                Add(suspension);
                break;
        }
    }

    private void Add(FeedOutcome outcome)
    {
        switch (outcome)
        {
            case FeedOutcome.Completed completed:
                Add(completed.Value);
                break;
            case FeedOutcome.Failed failed:
                Add(failed.Error);
                break;
            case FeedOutcome.Rejected rejected:
                Add(rejected.Diagnostics);
                break;
        }
    }

    private void Add(MontySuspension suspension)
    {
        switch (suspension)
        {
            case MontyFunctionCall call:
                Add(call.Arguments);
                Add(call.Keywords);
                break;
            case MontyOsCall call:
                Add(call.Arguments);
                break;
        }
    }

    private void Add(MontyAnswer? answer)
    {
        switch (answer)
        {
            case ReturnAnswer returned:
                Add(returned.Value);
                break;
            case RaiseAnswer raised:
                Add(raised.Error);
                break;
        }
    }

    private void Add(PythonError? error)
    {
        Add(error?.Message);
        switch (error?.Data)
        {
            case UnicodeErrorData unicode:
                Add(unicode.Source);
                break;
            case JsonErrorData json:
                Add(json.Document);
                break;
        }
    }

    private void Add(EquatableArray<MontyValue> values)
    {
        for (var i = 0; i < values.Count; i++)
        {
            Add(values[i]);
        }
    }

    private void Add(EquatableArray<KeyValuePair<string, MontyValue>> pairs)
    {
        for (var i = 0; i < pairs.Count; i++)
        {
            Add(pairs[i].Key);
            Add(pairs[i].Value);
        }
    }

    private void Add(string? text)
    {
        if (text is not null && !IsExceeded)
        {
            remaining -= isExact ? Encoding.UTF8.GetByteCount(text) : (long)text.Length * MaxBytesPerCharacter;
        }
    }

    private void Add(MontyValue? value)
    {
        if (value is null || IsExceeded)
        {
            return;
        }

        remaining -= isExact ? MontyJson.Measure(value) : MontyJson.Estimate(value, remaining);
    }

    private delegate void Adding<in T>(ref ContentSize size, T content);
}
