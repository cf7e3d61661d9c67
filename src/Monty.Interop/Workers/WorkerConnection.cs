using System.Diagnostics;
using Google.Protobuf;
using Monty.Interop.Sessions;
using Monty.Interop.Wire;

namespace Monty.Interop.Workers;

/// <summary>Takes the text of print events as they arrive, in order, on the thread that reads the worker.</summary>
internal delegate void PrintSink(string text);

/// <summary>The conversation with one worker: requests go out, events come in, and the first failure breaks the connection for good.</summary>
/// <remarks>
/// Not thread-safe: the protocol alternates strictly between request and reply. Only <see cref="Break"/> and <see cref="Dispose"/> may be called
/// from any thread. A reply that comes within <see cref="SynchronousMilliseconds"/> is received on the caller's thread, because a switch of
/// threads costs more than most turns (the benchmark <c>turns</c>); a later one is received on a thread of its own.
/// </remarks>
internal sealed class WorkerConnection : IDisposable
{
    public const uint ProtocolVersion = 2;

    /// <summary>Shorter than the clock tick of most kernels, which would otherwise program the processor's timer for each turn at the cost of a system call.</summary>
    private const int SynchronousMilliseconds = 5;

    private static readonly TimeSpan ExitGrace = TimeSpan.FromSeconds(1);

    private readonly WorkerProcess process;
    private readonly TimeProvider time;
    private readonly FrameChannel frames;
    private readonly Lock breakLock = new();
    private readonly Lock receiveLock = new(); // held while the pipes are in use, so that Dispose does not close them during a read
    private int acknowledgementsDue;
    private WorkerFailure? breakReason;
    private string? fatalMessage;
    private MontyWorkerException? broken;

    public WorkerConnection(WorkerProcess process, TimeProvider time, long maxDecodedBytes)
    {
        this.process = process;
        this.time = time;
        frames = new FrameChannel(process, maxDecodedBytes);
    }

    public int ProcessId => process.Id;

    public bool IsBroken => breakReason is not null || broken is not null;

    /// <summary>The number of sessions or type checks that this worker has served.</summary>
    public int Checkouts { get; set; }

    /// <summary>True when the last request queued is a reset: the worker holds no session once it has processed it.</summary>
    public bool EndsWithReset { get; private set; }

    /// <summary>Queues a request, which the next receive writes. Several may be queued: each gets its own replies, in order.</summary>
    public void Enqueue(ParentRequest request)
    {
        ThrowIfBroken();
        frames.Enqueue(request);
        EndsWithReset = request.KindCase == ParentRequest.KindOneofCase.Reset;
    }

    /// <summary>Queues a request whose only reply is Ok. The next receive takes that Ok before it looks for its own event.</summary>
    public void EnqueueForOk(ParentRequest request)
    {
        Enqueue(request);
        acknowledgementsDue++;
    }

    /// <summary>Receives up to the next event that ends a turn. Decode it before the next receive.</summary>
    /// <param name="prints">Takes the text that is printed until then; null drops it.</param>
    /// <param name="timeout">The time after which the worker is killed; null for none.</param>
    /// <param name="cancellationToken">Canceling kills the worker, as nothing else stops a turn.</param>
    public ValueTask<WorkerEvent> ReceiveAsync(PrintSink? prints, TimeSpan? timeout, CancellationToken cancellationToken)
    {
        try
        {
            // A sink may block, such as on a full pipe, before the wait that observes the token has begun.
            using var registration = prints is null ? default : BreakWhenCancelled(cancellationToken);
            if (TryReceive(prints, SynchronousMilliseconds, settling: false) is { } soon)
            {
                return new ValueTask<WorkerEvent>(soon);
            }
        }
        catch (MontyWorkerException exception)
            when (exception.Failure == WorkerFailure.Cancelled && cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromException<WorkerEvent>(Cancelled(exception, cancellationToken));
        }

        return new ValueTask<WorkerEvent>(ReceiveCoreAsync(prints, timeout, settling: false, cancellationToken));
    }

    /// <summary>Receives every Ok that is still due. The worker may have died since it sent the last one (<see cref="CheckUnused"/>).</summary>
    public ValueTask SettleAsync(TimeSpan? timeout, CancellationToken cancellationToken) =>
        acknowledgementsDue == 0 || TryReceive(null, SynchronousMilliseconds, settling: true) is not null
            ? ValueTask.CompletedTask
            : new ValueTask(ReceiveCoreAsync(null, timeout, settling: true, cancellationToken));

    /// <summary>Checks that an idle worker is alive and has sent nothing unexpected. It does not wait for an Ok that is still due.</summary>
    /// <exception cref="MontyWorkerException">The worker has died, or has sent an event that no request asked for.</exception>
    public void CheckUnused()
    {
        if (TryReceive(static _ => throw new WireFormatException("it printed text while nothing ran"), 0, settling: false) is { } stray)
        {
            throw Fail(WorkerFailure.BrokenProtocol, new WireFormatException($"it sent {stray.KindCase} while no request was open"));
        }
    }

    /// <summary>Writes the queued requests, as far as the pipe accepts them, without waiting for replies.</summary>
    public void Flush() => frames.Flush();

    /// <summary>Decodes the event that ended a turn. A malformed one breaks the connection.</summary>
    /// <param name="reply">The event.</param>
    /// <param name="names">The names of the session's feeds.</param>
    /// <param name="asyncCalls">The ids of the pending calls of asynchronous functions, in ascending order.</param>
    public MontyProgress Decode(WorkerEvent reply, FeedNames names, out EquatableArray<uint> asyncCalls)
    {
        try
        {
            return AsyncCalls.Unmark(ProgressDecoder.Decode(reply, names), out asyncCalls);
        }
        catch (Exception exception) when (exception is WireFormatException or InvalidProtocolBufferException)
        {
            throw Fail(WorkerFailure.BrokenProtocol, exception);
        }
    }

    /// <summary>Reads a reply's own message. A malformed one breaks the connection.</summary>
    public T Read<T>(WorkerEvent reply, Func<WorkerEvent, T> read)
    {
        try
        {
            return read(reply);
        }
        catch (Exception exception) when (exception is WireFormatException or InvalidProtocolBufferException)
        {
            throw Fail(WorkerFailure.BrokenProtocol, exception);
        }
    }

    /// <summary>Returns the bytes in the reply to a dump request. Any other event breaks the connection, except the error of a dump that is too large.</summary>
    /// <exception cref="MontySizeException">The dump does not fit into a frame. The session is as before.</exception>
    public ByteString ExpectDump(WorkerEvent reply) =>
        reply.KindCase switch
        {
            ChildEvent.KindOneofCase.DumpResult => Read(reply, static r => r.Read(DumpResult.Parser)).State,
            ChildEvent.KindOneofCase.Error when DumpSize.ReadRefusal(Read(reply, static r => r.ReadError())) is { } tooLarge =>
                throw tooLarge,
            _ => throw Fail(WorkerFailure.BrokenProtocol, CreateMismatch("DumpResult", reply)),
        };

    /// <summary>Announces that an Ok comes next, for a request queued with <see cref="Enqueue"/> after others that have replies of their own.</summary>
    public void ExpectOk() => acknowledgementsDue++;

    /// <summary>Throws if the connection is broken, with the reason that broke it first.</summary>
    /// <exception cref="MontyWorkerException">The connection is broken.</exception>
    public void ThrowIfBroken()
    {
        if (broken is { } known)
        {
            throw new MontyWorkerException(known.Failure, known.Message, known.ExitCode, known.StandardError, known.TurnMayHaveRun, known);
        }

        if (breakReason is not null)
        {
            throw Fail(null, null);
        }
    }

    /// <summary>Kills the worker. The current turn and every later one fail with the first reason given. Thread-safe.</summary>
    public void Break(WorkerFailure reason)
    {
        lock (breakLock)
        {
            breakReason ??= reason;
        }

        process.Kill();
    }

    public void Dispose()
    {
        Break(WorkerFailure.Abandoned);
        lock (receiveLock)
        {
            process.Dispose();
        }
    }

    private async Task<WorkerEvent> ReceiveCoreAsync(
        PrintSink? prints,
        TimeSpan? timeout,
        bool settling,
        CancellationToken cancellationToken
    )
    {
        var timer = timeout is { } limit
            ? time.CreateTimer(
                static state => ((WorkerConnection)state!).Break(WorkerFailure.TimedOut),
                this,
                limit,
                Timeout.InfiniteTimeSpan
            )
            : null;
        using var registration = BreakWhenCancelled(cancellationToken);
        try
        {
            return await Task
                .Factory.StartNew(
                    () => TryReceive(prints, Timeout.Infinite, settling)!.Value,
                    CancellationToken.None,
                    TaskCreationOptions.LongRunning | TaskCreationOptions.DenyChildAttach,
                    TaskScheduler.Default
                )
                .ConfigureAwait(false);
        }
        catch (MontyWorkerException exception)
            when (exception.Failure == WorkerFailure.Cancelled && cancellationToken.IsCancellationRequested)
        {
            throw Cancelled(exception, cancellationToken);
        }
        finally
        {
            // Waits for a running callback: a late one would kill the worker after it was lent to another session.
            if (timer is not null)
            {
                await timer.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    private CancellationTokenRegistration BreakWhenCancelled(CancellationToken cancellationToken) =>
        cancellationToken.UnsafeRegister(static state => ((WorkerConnection)state!).Break(WorkerFailure.Cancelled), this);

    private static OperationCanceledException Cancelled(MontyWorkerException cause, CancellationToken cancellationToken) =>
        new("The turn was canceled: its worker was killed, and the session on it is lost.", cause, cancellationToken);

    /// <summary>Writes and reads until an event that ends a turn, or the last Ok that is due, has arrived.</summary>
    /// <returns>The event; null when the time passed first, whether in waiting or with prints.</returns>
    private WorkerEvent? TryReceive(PrintSink? prints, int milliseconds, bool settling)
    {
        lock (receiveLock)
        {
            var begun = milliseconds <= 0 ? 0 : Stopwatch.GetTimestamp();
            try
            {
                while (true)
                {
                    ThrowIfBroken(); // a descendant may continue to write after the worker was killed
                    if (frames.TryRead(out var missing) is not { } received)
                    {
                        if (!frames.Exchange(missing, milliseconds))
                        {
                            return null;
                        }
                    }
                    else if (HandleEvent(received, prints, settling))
                    {
                        return received;
                    }

                    // A worker that sends without a pause must not outlast the turn's timeout, whose timer is not armed yet.
                    if (begun != 0 && Stopwatch.GetElapsedTime(begun).TotalMilliseconds > milliseconds)
                    {
                        return null;
                    }
                }
            }
            catch (Exception exception) when (exception is WireFormatException or InvalidProtocolBufferException)
            {
                throw Fail(WorkerFailure.BrokenProtocol, exception);
            }
            catch (Exception exception) when (exception is EndOfStreamException or PosixException)
            {
                throw Fail(null, exception);
            }
            catch (PrintLimitException exception)
            {
                throw Fail(WorkerFailure.PrintLimitExceeded, exception);
            }
            catch
            {
                // The print sink threw in the middle of a turn. Its exception goes to the caller, and the worker cannot be used again.
                Break(WorkerFailure.Abandoned);
                throw;
            }
        }
    }

    /// <summary>Handles one event. Returns true when it is the one that the caller waits for.</summary>
    private bool HandleEvent(WorkerEvent received, PrintSink? prints, bool settling)
    {
        switch (received.KindCase)
        {
            case ChildEvent.KindOneofCase.Print when acknowledgementsDue == 0: // a print before the Ok would belong to another session
                prints?.Invoke(received.Read(Print.Parser).Text);
                return false;
            case ChildEvent.KindOneofCase.FatalError:
                fatalMessage = received.Read(FatalError.Parser).Message;
                return false;
            case ChildEvent.KindOneofCase.None:
                throw new WireFormatException("it sent an event of an unknown kind");
            case ChildEvent.KindOneofCase.Ok when acknowledgementsDue > 0:
                return --acknowledgementsDue == 0 && settling;
            default:
                if (acknowledgementsDue == 0)
                {
                    return true;
                }

                throw CreateMismatch("Ok", received);
        }
    }

    private static WireFormatException CreateMismatch(string expected, WorkerEvent received)
    {
        var error = received.KindCase == ChildEvent.KindOneofCase.Error ? $": {received.ReadError().Exception?.Message}" : "";
        return new WireFormatException($"expected {expected}, received {received.KindCase}{error}");
    }

    private MontyWorkerException Fail(WorkerFailure? reason, Exception? cause)
    {
        if (reason is { } given)
        {
            Break(given);
        }

        int code;
        lock (receiveLock)
        {
            code = process.WaitForExit(ExitGrace);
        }

        WorkerFailure failure;
        lock (breakLock)
        {
            failure = breakReason ??= WorkerEnd.FailureOf(code);
        }

        MontyTelemetry.CountFailure(failure);
        var standardError = process.StandardErrorTail;
        var message = new WorkerEnd(failure, code, fatalMessage, cause).Describe(hasServed: Checkouts > 0, standardError);
        return broken = new MontyWorkerException(failure, message, code, standardError, turnMayHaveRun: frames.IsFlushed, cause);
    }
}
