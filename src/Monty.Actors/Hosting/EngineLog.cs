using Microsoft.Extensions.Logging;

namespace Monty.Actors.Hosting;

/// <summary>Writes the problems of a host's engine to the log. Exceptions can contain values, so their full text is written only at level Trace.</summary>
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
        "The full text of the failure before"
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
