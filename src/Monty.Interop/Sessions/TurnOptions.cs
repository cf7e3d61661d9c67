using Monty.Interop.Sessions;

namespace Monty.Interop;

/// <summary>The options of a stateless turn.</summary>
/// <remarks>Immutable.</remarks>
public sealed record TurnOptions
{
    internal static TurnOptions Default { get; } = new();

    /// <summary>The options of a new session. For a dumped session, only the limits on suspensions are used: they lower those of the dump. Default: the default options.</summary>
    /// <exception cref="ArgumentNullException">The value is null.</exception>
    public SessionOptions Session
    {
        get;
        init => field = value ?? throw new ArgumentNullException(nameof(Session));
    } = new();

    /// <summary>Answers suspensions immediately, so that the turn continues on the same worker. When it returns null, the turn ends at that suspension. Default: null, and the turn ends at the first suspension.</summary>
    public Func<MontySuspension, MontyAnswer?>? AnswerInline { get; init; }

    /// <summary>Receives printed text as it arrives, before <see cref="AnswerInline"/> is called for a suspension that follows it. <see cref="TurnResult.Printed"/> holds the whole text as well. Default: null.</summary>
    public Action<string>? OnPrint { get; init; }

    /// <summary>The maximum number of UTF-8 bytes that the turn may print. When it prints more, the worker is killed. Default: 10 MiB.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public long MaxPrintBytes
    {
        get;
        init => field = PrintCollector.CheckCap(value);
    } = 10 * 1024 * 1024;
}
