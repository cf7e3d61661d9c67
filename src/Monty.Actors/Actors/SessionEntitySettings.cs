using System.Collections.Concurrent;
using Monty.Actors.Persistence;
using Monty.Actors.Tools;
using Monty.Actors.Turns;

namespace Monty.Actors.Actors;

/// <summary>The parts that the sessions of one engine share.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed record SessionEntitySettings
{
    /// <summary>The engine's options.</summary>
    public required MontyEngineOptions Options { get; init; }

    /// <summary>The tools of the sessions.</summary>
    public required EngineTools Tools { get; init; }

    /// <summary>Runs turns on workers.</summary>
    public required TurnRunner Turns { get; init; }

    /// <summary>Reads the history of a session.</summary>
    public required HistoryReader History { get; init; }

    /// <summary>The limits of the store.</summary>
    public required SessionStoreOptions Limits { get; init; }

    /// <summary>Receives problems.</summary>
    public required ProblemReports Problems { get; init; }

    /// <summary>The epoch that the engine has claimed.</summary>
    public required long Epoch { get; init; }

    /// <summary>The version of the runtime.</summary>
    public required string RuntimeVersion { get; init; }

    /// <summary>The stuck sessions with the reasons.</summary>
    public ConcurrentDictionary<SessionId, string> Stuck { get; } = new();

    /// <summary>The clock.</summary>
    public TimeProvider Time => Options.TimeProvider;
}
