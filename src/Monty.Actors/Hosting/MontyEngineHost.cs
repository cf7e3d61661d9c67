using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Hosting;
using Monty.Actors.Actors;
using Monty.Actors.Hosting;
using Monty.Interop;

namespace Monty.Actors;

/// <summary>
/// Keeps an engine running for the lifetime of a host, and starts a new one after the store was lost. <c>services.AddMonty(…)</c> registers it. Inject it,
/// and read <see cref="Engine"/> when you need the engine.
/// </summary>
/// <remarks>
/// <para>Thread-safe. It does not delay the start of the host: it takes ownership of the store in the background, even if another engine owns the store or
/// the store does not answer for a long time.</para>
/// <para>An error that waiting cannot fix, such as a missing runtime or two tools with one name, fails the start of the host. If it occurs later, the host is
/// stopped.</para>
/// </remarks>
[SuppressMessage("Usage", "CA2213:Disposable fields should be disposed", Justification = "EndAsync disposes it, once.")]
public sealed class MontyEngineHost : IHostedService, IAsyncDisposable
{
    private readonly Func<CancellationToken, Task<MontyEngineOptions>> make;
    private readonly bool ownsStore;
    private readonly EngineLog? log;
    private readonly TimeProvider fallbackTime;
    private readonly IHostApplicationLifetime? lifetime;
    private readonly CancellationTokenSource stopping = new();
    private readonly TaskCompletionSource checkedOnce = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationToken token;
    private readonly Lazy<Task> running;
    private readonly Lazy<Task> disposal;
    private TaskCompletionSource<MontyEngine> present = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private MontyEngineOptions? options;
    private bool isChecked;
    private int state;

    /// <param name="make">Returns the options. It is called again after the store failed.</param>
    /// <param name="ownsStore">True if this object disposes the store of the options.</param>
    /// <param name="log">Receives problems if the options have no <see cref="MontyEngineOptions.OnProblem"/>; null ignores them.</param>
    /// <param name="time">The clock while there are no options.</param>
    /// <param name="lifetime">Stops the host when the engine cannot run; null for no host.</param>
    internal MontyEngineHost(
        Func<CancellationToken, Task<MontyEngineOptions>> make,
        bool ownsStore,
        EngineLog? log,
        TimeProvider time,
        IHostApplicationLifetime? lifetime
    )
    {
        (this.make, this.ownsStore, this.log, fallbackTime, this.lifetime) = (make, ownsStore, log, time, lifetime);
        running = new Lazy<Task>(RunAsync);
        disposal = new Lazy<Task>(EndAsync);
        token = stopping.Token;
    }

    /// <summary>The current state of the engine.</summary>
    public MontyEngineState State => (MontyEngineState)Volatile.Read(ref state);

    /// <summary>The engine that runs now.</summary>
    /// <remarks>
    /// Do not keep a reference. After the store was lost, the engine is stopped and throws <see cref="ObjectDisposedException"/>, and a new engine takes its
    /// place.
    /// </remarks>
    /// <exception cref="InvalidOperationException">No engine runs now. <see cref="State"/> gives the reason.</exception>
    public MontyEngine Engine =>
        Volatile.Read(ref present).Task is { IsCompletedSuccessfully: true } there
            ? there.Result
            : throw new InvalidOperationException(
                $"Reading {nameof(Engine)} failed: no engine runs now ({State}). Read it when it is needed and not in a constructor, or wait for it with {nameof(GetEngineAsync)}."
            );

    /// <summary>Waits until an engine runs, and returns it.</summary>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <remarks><inheritdoc cref="Engine" path="/remarks"/></remarks>
    /// <exception cref="InvalidOperationException">The engine cannot run. The inner exception gives the cause.</exception>
    /// <exception cref="ObjectDisposedException">The host has stopped the engine.</exception>
    public Task<MontyEngine> GetEngineAsync(CancellationToken cancellationToken = default) =>
        Volatile.Read(ref present).Task.WaitAsync(cancellationToken);

    /// <summary>Checks the options and the runtime, and starts to take ownership of the store in the background. It does not wait for the store.</summary>
    /// <param name="cancellationToken">Stops waiting for the check.</param>
    /// <exception cref="ArgumentException">Two tools have the same name, or an option is out of its range.</exception>
    /// <exception cref="MontyRuntimeNotFoundException">No runtime executable was found.</exception>
    /// <exception cref="MontyWorkerException">The runtime could not be started.</exception>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        _ = running.Value;
        return checkedOnce.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Disposes the engine (<see cref="MontyEngine.DisposeAsync"/>).</summary>
    /// <param name="cancellationToken">Stops waiting for the engine. <see cref="DisposeAsync"/> still waits for it.</param>
    public Task StopAsync(CancellationToken cancellationToken) => disposal.Value.WaitAsync(cancellationToken);

    /// <summary>Disposes the engine, and then the store if the factory of <c>AddMonty</c> opened it. Disposing again returns the same task.</summary>
    public ValueTask DisposeAsync() => new(disposal.Value);

    private async Task EndAsync()
    {
        await stopping.CancelAsync().ConfigureAwait(false);
        if (running.IsValueCreated)
        {
            await running.Value.ConfigureAwait(false);
        }
        else
        {
            EndAs(MontyEngineState.Stopped, new ObjectDisposedException(nameof(MontyEngineHost)));
        }

        if (ownsStore && options is not null)
        {
            await options.Store.DisposeAsync().ConfigureAwait(false);
        }

        stopping.Dispose();
    }

    private async Task RunAsync()
    {
        await Task.Yield();
        try
        {
            string? reported = null;
            for (var failures = 0; !token.IsCancellationRequested; )
            {
                try
                {
                    await RunOneAsync().ConfigureAwait(false);
                    (failures, reported) = (0, null);
                }
                catch (Exception exception) when (exception is SessionStoreException || (exception is MontyException && isChecked))
                {
                    checkedOnce.TrySetResult();
                    if (exception.Message != reported)
                    {
                        Report($"The engine could not start and tries again: {exception.Message}", exception);
                    }

                    reported = exception.Message;
                    Enter(MontyEngineState.StandingBy);
                    await Task.Delay(Backoff.After(++failures), options?.TimeProvider ?? fallbackTime, token).ConfigureAwait(false); // on the engine's clock: a store that failed gets time to come back
                }
            }

            EndAs(MontyEngineState.Stopped, new ObjectDisposedException(nameof(MontyEngineHost), "The host has stopped the engine."));
        }
        catch (OperationCanceledException) when (token.IsCancellationRequested)
        {
            EndAs(MontyEngineState.Stopped, new ObjectDisposedException(nameof(MontyEngineHost), "The host has stopped the engine."));
        }
#pragma warning disable CA1031 // Any other exception means that the engine cannot run: the start of the host fails, or the host stops.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            EndAs(MontyEngineState.Failed, new InvalidOperationException($"The engine cannot run: {exception.Message}", exception));
            if (checkedOnce.TrySetException(exception))
            {
                return;
            }

            Report("The engine cannot run. The host is being stopped.", exception);
            lifetime?.StopApplication();
        }
        finally
        {
            checkedOnce.TrySetCanceled(token);
        }
    }

    /// <summary>Runs one engine until it stops.</summary>
    private async Task RunOneAsync()
    {
        if (options is null)
        {
            var made = await make(token).ConfigureAwait(false);
            ArgumentNullException.ThrowIfNull(made);
            options = log is null ? made : made with { OnProblem = made.OnProblem ?? log.Problem };
        }

        if (!isChecked)
        {
            await MontyEngine.CheckAsync(options).ConfigureAwait(false);
        }

        isChecked = true;
        checkedOnce.TrySetResult();
        Enter(MontyEngineState.StandingBy);
        var engine = await MontyEngine.StartAsync(options, token).ConfigureAwait(false);
        await using (engine.ConfigureAwait(false))
        {
            Enter(MontyEngineState.Running);
            Volatile.Read(ref present).TrySetResult(engine);
            var over = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            using var stops = engine.Stopping.UnsafeRegister(_ => over.TrySetResult(), null);
            using var ends = token.UnsafeRegister(_ => over.TrySetResult(), null);
            await over.Task.ConfigureAwait(false);
            if (token.IsCancellationRequested)
            {
                return;
            }

            Volatile.Write(ref present, new TaskCompletionSource<MontyEngine>(TaskCreationOptions.RunContinuationsAsynchronously));
            Enter(MontyEngineState.StandingBy);
        }
    }

    private void Enter(MontyEngineState entered)
    {
        if (Interlocked.Exchange(ref state, (int)entered) != (int)entered)
        {
            log?.Entered(entered);
        }
    }

    private void EndAs(MontyEngineState ended, Exception why)
    {
        Enter(ended);
        if (Volatile.Read(ref present) is { Task.IsCompleted: false } waited)
        {
            waited.TrySetException(why);
        }

        var none = new TaskCompletionSource<MontyEngine>();
        none.SetException(why);
        _ = none.Task.Exception; // marks the exception as observed, because it may never be read
        Volatile.Write(ref present, none);
    }

    private void Report(string problem, Exception failure)
    {
        if (options is not null)
        {
            options.Report(problem, failure);
        }
        else
        {
            log?.Problem(problem, failure);
        }
    }
}
