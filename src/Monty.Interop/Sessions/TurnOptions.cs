using Monty.Interop.Sessions;

namespace Monty.Interop;

/// <summary>How a stateless turn runs.</summary>
/// <remarks>Immutable.</remarks>
public sealed record TurnOptions
{
    internal static TurnOptions Default { get; } = new();

    /// <summary>The set-up of a new session; for a dumped one its limits only cap the dump's counts of suspensions. Default: the defaults.</summary>
    /// <exception cref="ArgumentNullException">It is null.</exception>
    public SessionOptions Session
    {
        get;
        init => field = value ?? throw new ArgumentNullException(nameof(Session));
    } = new();

    /// <summary>Answers suspensions on the spot, so that the turn goes on in the same worker; null as the answer ends the turn there. Default: null, the turn ends at the first suspension.</summary>
    public Func<MontySuspension, MontyAnswer?>? AnswerInline { get; init; }

    /// <summary>Told of each piece of what is printed, before <see cref="AnswerInline"/> is asked about what came after it; <see cref="TurnResult.Printed"/> has the whole. Default: nobody.</summary>
    public Action<string>? OnPrint { get; init; }

    /// <summary>The most UTF-8 bytes printed in the turn; past it the worker is killed. Default: 10 MiB.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative.</exception>
    public long MaxPrintBytes
    {
        get;
        init => field = PrintCollector.CheckCap(value);
    } = 10 * 1024 * 1024;
}
