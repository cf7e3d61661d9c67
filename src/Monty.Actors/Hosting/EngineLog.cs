using Microsoft.Extensions.Logging;

namespace Monty.Actors.Hosting;

/// <summary>What a host's engine writes to the log. Exceptions, which may hold values, are written whole at Trace only.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class EngineLog(ILogger logger)
{
    private static readonly Action<ILogger, MontyEngineState, Exception?> LogState = LoggerMessage.Define<MontyEngineState>(
        LogLevel.Information,
        new EventId(1, "State"),
        "The engine of durable sessions: {State}"
    );
    private static readonly Action<ILogger, string, string?, Exception?> LogProblem = LoggerMessage.Define<string, string?>(
        LogLevel.Error,
        new EventId(2, "Problem"),
        "{Problem} {Failure}"
    );
    private static readonly Action<ILogger, Exception?> LogDetail = LoggerMessage.Define(
        LogLevel.Trace,
        new EventId(3, "Detail"),
        "The failure before, whole"
    );

    public void Entered(MontyEngineState state) => LogState(logger, state, null);

    public void Problem(string problem, Exception? failure)
    {
        LogProblem(logger, problem, failure?.GetType().Name, null);
        if (failure is not null)
        {
            LogDetail(logger, failure);
        }
    }
}
