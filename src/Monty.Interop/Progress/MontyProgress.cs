using System.Text;
using Monty.Interop.Values;

namespace Monty.Interop;

/// <summary>The state of a feed after a turn: either it waits for an answer (<see cref="MontySuspension"/>), or it has ended.</summary>
/// <remarks>A closed hierarchy, immutable and thread-safe.</remarks>
public abstract record MontyProgress
{
    private protected MontyProgress() { }

    /// <summary>The time that the session has spent executing bytecode, over all its feeds. Waiting for the host and compiling do not count.</summary>
    public TimeSpan ExecutionTime { get; init; }
}

/// <summary>The feed ended normally.</summary>
/// <param name="Value">The value of the feed's last expression, or <c>None</c> when the feed does not end with an expression.</param>
public sealed record MontyComplete(MontyValue Value) : MontyProgress;

/// <summary>The feed ended with an uncaught exception. Its effects up to that point remain, and the session accepts another feed.</summary>
/// <param name="Error">The exception, with its frames.</param>
/// <param name="Origin">The source of the exception: the script, a limit or the runtime.</param>
public sealed record MontyFailed(PythonError Error, FailureOrigin Origin) : MontyProgress;

/// <summary>The type check refused the feed, so none of its code ran.</summary>
/// <param name="Diagnostics">The findings as readable text (<see cref="TypeCheckReport.Text"/>).</param>
public sealed record MontyTypingFailed(string Diagnostics) : MontyProgress
{
    internal MontyTypingFailed(TypeCheckReport report)
        : this(report.Text) => Report = report;

    /// <summary>The findings as structured data, or null when only their text is available.</summary>
    public TypeCheckReport? Report { get; }
}

/// <summary>The script is suspended until the host gives one answer (<see cref="MontySession.AnswerAsync"/>).</summary>
public abstract record MontySuspension : MontyProgress
{
    private protected MontySuspension() { }
}

/// <summary>The script called a function that it does not define, or a method of a host object.</summary>
/// <param name="Name">The name of the function or method.</param>
/// <param name="Arguments">The positional arguments in order, without the object that a method is called on.</param>
/// <param name="Keywords">The keyword arguments in the order in which the script passed them.</param>
/// <param name="CallId">The number of the call. Function and OS calls are counted together, from 0 in each feed.</param>
/// <param name="ObjectId">The id of the host object or class whose method is called, or null for a function.</param>
public sealed record MontyFunctionCall(
    string Name,
    EquatableArray<MontyValue> Arguments,
    EquatableArray<KeyValuePair<string, MontyValue>> Keywords,
    uint CallId,
    Guid? ObjectId = null
) : MontySuspension
{
    /// <summary>True for a call of a host object's method, false for a call of a function.</summary>
    public bool IsMethodCall => ObjectId is not null;

    /// <summary>Returns the call as Python source, such as <c>fetch('x', retries=3)</c>. The length depends on the arguments that the script passed.</summary>
    /// <exception cref="MontySizeException">The text would be longer than a .NET string can be. No text was built.</exception>
    public string Display()
    {
        const long Half = SizeLimits.StringLength / 2;
        if (!TextBound.IsWithin(new MontyList(Arguments), Half) || !TextBound.IsWithin(new MontyNamedTuple(Name, Keywords), Half))
        {
            var counted = ReprTarget.ForCounting(SizeLimits.CountedBytes);
            PythonRepr.Write(counted, this);
            SizeLimits.RequireString("The call as text", counted.Length, "Call Display(maxLength) for a shortened text.");
        }

        var text = new StringBuilder();
        PythonRepr.Write(ReprTarget.ForText(text, int.MaxValue), this);
        return text.ToString();
    }

    /// <summary>Returns the call as Python source, truncated to a maximum length. Large arguments cost no more than the text that is returned.</summary>
    /// <param name="maxLength">The maximum number of characters. When the text is longer, <c>…</c> is appended, one character beyond the maximum.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxLength"/> is negative.</exception>
    public string Display(int maxLength)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maxLength);
        maxLength = Math.Min(maxLength, SizeLimits.StringLength - 1);
        var text = new StringBuilder();
        PythonRepr.Write(ReprTarget.ForText(text, maxLength), this);
        if (text.Length > maxLength)
        {
            text.Length = maxLength;
            text.Append('…');
        }

        return text.ToString();
    }
}

/// <summary>The script called the operating system, for a file, the environment or the clock. Nothing happens outside the sandbox until the host acts on the call.</summary>
/// <param name="Function">The function that is called.</param>
/// <param name="Arguments">The arguments, as listed at each <see cref="OsFunction"/>. Paths are exactly as the script wrote them.</param>
/// <param name="CallId">The number of the call. Function and OS calls are counted together, from 0 in each feed.</param>
public sealed record MontyOsCall(OsFunction Function, EquatableArray<MontyValue> Arguments, uint CallId) : MontySuspension;

/// <summary>The script read a global name, or an attribute of a host object, that is not defined in the sandbox.</summary>
/// <param name="Name">The name.</param>
/// <param name="ObjectId">The id of the host object or class whose attribute is read, or null for a global name.</param>
public sealed record MontyNameLookup(string Name, Guid? ObjectId = null) : MontySuspension;

/// <summary>All tasks of the script wait for futures.</summary>
/// <param name="PendingCallIds">The ids of the calls whose outcomes are awaited, ascending. The list is empty when the script awaits a future of an earlier feed, which can no longer be resolved.</param>
public sealed record MontyResolveFutures(EquatableArray<uint> PendingCallIds) : MontySuspension;
