using System.Text;
using Monty.Interop.Values;

namespace Monty.Interop;

/// <summary>Where a feed stands after a turn: it waits for an answer (a <see cref="MontySuspension"/>) or it is over.</summary>
/// <remarks>A closed hierarchy, immutable and thread-safe.</remarks>
public abstract record MontyProgress
{
    private protected MontyProgress() { }

    /// <summary>The time that the session's bytecode has run in all its feeds, without waiting for the host or compiling.</summary>
    public TimeSpan ExecutionTime { get; init; }
}

/// <summary>The feed is over: its last expression's value, or <c>None</c>.</summary>
/// <param name="Value">The value.</param>
public sealed record MontyComplete(MontyValue Value) : MontyProgress;

/// <summary>The feed is over: an exception left it. Its earlier effects stay, and the session takes another feed.</summary>
/// <param name="Error">What was raised, with frames.</param>
/// <param name="Origin">Whether the script, a limit or the runtime ended it.</param>
public sealed record MontyFailed(PythonError Error, FailureOrigin Origin) : MontyProgress;

/// <summary>The type check refused the feed: nothing ran.</summary>
/// <param name="Diagnostics">The findings for people (<see cref="TypeCheckReport.Text"/>).</param>
public sealed record MontyTypingFailed(string Diagnostics) : MontyProgress
{
    internal MontyTypingFailed(TypeCheckReport report)
        : this(report.Text) => Report = report;

    /// <summary>The findings as data; null when only their text is known.</summary>
    public TypeCheckReport? Report { get; }
}

/// <summary>The sandbox waits for one answer (<see cref="MontySession.AnswerAsync"/>).</summary>
public abstract record MontySuspension : MontyProgress
{
    private protected MontySuspension() { }
}

/// <summary>A call of a function that the script does not define, or of a method of a host object.</summary>
/// <param name="Name">The function's or method's name.</param>
/// <param name="Arguments">The positional arguments in order; a method's receiver is not among them.</param>
/// <param name="Keywords">The keyword arguments in the order written.</param>
/// <param name="CallId">Counted from 0 in each feed, together with the OS calls.</param>
/// <param name="ObjectId">The host object or class whose method is called, or null for a function.</param>
public sealed record MontyFunctionCall(
    string Name,
    EquatableArray<MontyValue> Arguments,
    EquatableArray<KeyValuePair<string, MontyValue>> Keywords,
    uint CallId,
    Guid? ObjectId = null
) : MontySuspension
{
    /// <summary>True for a method of a host object.</summary>
    public bool IsMethodCall => ObjectId is not null;

    /// <summary>The call as Python source, such as <c>fetch('x', retries=3)</c>; as long as the script makes its arguments.</summary>
    /// <exception cref="MontySizeException">It is longer than a .NET string can be; nothing of it was made.</exception>
    public string Display()
    {
        const long Half = SizeLimits.StringLength / 2;
        if (!TextBound.IsWithin(new MontyList(Arguments), Half) || !TextBound.IsWithin(new MontyNamedTuple(Name, Keywords), Half))
        {
            var counted = ReprTarget.Count(SizeLimits.CountedBytes);
            PythonRepr.Write(counted, this);
            SizeLimits.RequireString("The call as text", counted.Length, "Cut it with Display(maxLength).");
        }

        var text = new StringBuilder();
        PythonRepr.Write(ReprTarget.Keep(text, int.MaxValue), this);
        return text.ToString();
    }

    /// <summary>The same, cut: no more text is made than is asked for, however large the arguments are.</summary>
    /// <param name="maxLength">The most characters; one more, <c>…</c>, stands for the rest.</param>
    public string Display(int maxLength)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maxLength);
        maxLength = Math.Min(maxLength, SizeLimits.StringLength - 1);
        var text = new StringBuilder();
        PythonRepr.Write(ReprTarget.Keep(text, maxLength), this);
        return text.Length > maxLength ? text.Append('…', 1).Remove(maxLength, text.Length - maxLength - 1).ToString() : text.ToString();
    }
}

/// <summary>A call to the operating system: files, environment, clock. Unanswered, nothing happens outside the sandbox.</summary>
/// <param name="Function">What is called.</param>
/// <param name="Arguments">Its arguments, as listed at each <see cref="OsFunction"/>; paths are exactly as the script wrote them.</param>
/// <param name="CallId">Counted from 0 in each feed, together with the function calls.</param>
public sealed record MontyOsCall(OsFunction Function, EquatableArray<MontyValue> Arguments, uint CallId) : MontySuspension;

/// <summary>A global name, or an attribute of a host object, that the sandbox does not know was read.</summary>
/// <param name="Name">The name.</param>
/// <param name="ObjectId">The host object or class whose attribute is read, or null for a global.</param>
public sealed record MontyNameLookup(string Name, Guid? ObjectId = null) : MontySuspension;

/// <summary>Every task of the script waits for a future.</summary>
/// <param name="PendingCallIds">The calls that are waited for, ascending; empty when a future of an earlier feed is awaited, which nothing can resolve.</param>
public sealed record MontyResolveFutures(EquatableArray<uint> PendingCallIds) : MontySuspension;
