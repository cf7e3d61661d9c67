using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Hosting;
using Monty.Actors.Actors;
using Monty.Actors.Hosting;
using Monty.Interop;

namespace Monty.Actors;

/// <summary>Keeps an engine running while its host does, and starts a new one when the store was lost. Made by <c>services.AddMonty(…)</c>; inject it, and ask for the engine when it is needed.</summary>
/// <remarks>
/// Thread-safe. It does not hold the host's start up: the store is taken over in the background, however long another engine owns it or it does not answer.
/// What waiting cannot mend, such as a missing runtime or two tools of one name, fails the host's start; where it shows only later, the host is stopped.
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

    /// <param name="make">Gives the options; asked again where the store failed.</param>
    /// <param name="ownsStore">True where the store in them is this object's to dispose.</param>
    /// <param name="log">Where problems go that the options have no <see cref="MontyEngineOptions.OnProblem"/> for; null for nowhere.</param>
    /// <param name="time">The clock while there are no options.</param>
    /// <param name="lifetime">What is stopped when the engine cannot run; null for nothing.</param>
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

    /// <summary>What it does now.</summary>
    public MontyEngineState State => (MontyEngineState)Volatile.Read(ref state);

    /// <summary>The engine that runs now.</summary>
    /// <remarks>Do not keep it: after a loss of the store it is a stopped one, whose calls throw <see cref="ObjectDisposedException"/>, and another takes its place.</remarks>
    /// <exception cref="InvalidOperationException">None runs; <see cref="State"/> says why.</exception>
    public MontyEngine Engine =>
        Volatile.Read(ref present).Task is { IsCompletedSuccessfully: true } there
            ? there.Result
            : throw new InvalidOperationException(
                $"No engine runs here now ({State}). Read {nameof(Engine)} when it is needed and not in a constructor, or wait for it by {nameof(GetEngineAsync)}."
            );

    /// <summary>The engine that runs, as soon as one does.</summary>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <remarks><inheritdoc cref="Engine" path="/remarks"/></remarks>
    /// <exception cref="InvalidOperationException">It cannot run; the inner exception says why.</exception>
    /// <exception cref="ObjectDisposedException">The host has stopped it.</exception>
    public Task<MontyEngine> GetEngineAsync(CancellationToken cancellationToken = default) =>
        Volatile.Read(ref present).Task.WaitAsync(cancellationToken);

    /// <summary>Checks what waiting cannot mend, and begins to take the store over; it does not wait for the store.</summary>
    /// <param name="cancellationToken">Stops waiting for the check.</param>
    /// <exception cref="ArgumentException">Two tools have one name, or an option is out of its range.</exception>
    /// <exception cref="MontyRuntimeNotFoundException">There is no runtime to start.</exception>
    /// <exception cref="MontyWorkerException">The runtime could not be started.</exception>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        _ = running.Value;
        return checkedOnce.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Disposes the engine (<see cref="MontyEngine.DisposeAsync"/>).</summary>
    /// <param name="cancellationToken">Stops waiting for it; <see cref="DisposeAsync"/> goes on to wait.</param>
    public Task StopAsync(CancellationToken cancellationToken) => disposal.Value.WaitAsync(cancellationToken);

    /// <summary>Disposes the engine, then the store where it was opened by the factory of <c>AddMonty</c>. Again, it returns the same end.</summary>
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
                        Report($"The engine stands by and tries again: {exception.Message}", exception);
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
#pragma warning disable CA1031 // Whatever it is, this engine cannot run: the host's start fails by it, or the host stops.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            EndAs(MontyEngineState.Failed, new InvalidOperationException($"The engine cannot run: {exception.Message}", exception));
            if (checkedOnce.TrySetException(exception))
            {
                return;
            }

            Report("The engine cannot run, and the host is stopped.", exception);
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
        _ = none.Task.Exception; // seen by whoever asks, if anybody does
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
