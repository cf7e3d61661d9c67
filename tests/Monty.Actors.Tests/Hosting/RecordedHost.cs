using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Monty.Actors.Tests.Hosting;

/// <summary>Records the effects of an engine on its host: lines of the log as <c>level: text</c>, and requests to stop.</summary>
internal sealed class RecordedHost : ILoggerFactory, ILogger, IHostApplicationLifetime, IDisposable
{
    private readonly CancellationTokenSource stopping = new();

    public ConcurrentQueue<string> Lines { get; } = [];

    public CancellationToken ApplicationStarted => CancellationToken.None;

    public CancellationToken ApplicationStopping => stopping.Token;

    public CancellationToken ApplicationStopped => CancellationToken.None;

    public void StopApplication() => stopping.Cancel();

    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter
    ) => Lines.Enqueue($"{logLevel}: {formatter(state, exception)}{(exception is null ? "" : " " + exception)}");

    public void Dispose() => stopping.Dispose();
}
