using System.Diagnostics;
using Google.Protobuf;
using Monty.Interop.Sessions;
using Monty.Interop.Wire;

namespace Monty.Interop.Workers;

/// <summary>Takes the text of print events as they arrive, in order, on whichever thread reads the worker.</summary>
internal delegate void PrintSink(string text);

/// <summary>One worker as a peer: requests go out, events come in, and the first failure breaks the connection for good.</summary>
/// <remarks>
/// One caller at a time: strict alternation is the protocol's rule. A reply that comes within <see cref="SynchronousMilliseconds"/> is
/// received on the caller's thread (the benchmark <c>turns</c> shows why); a later one on a thread of its own.
/// </remarks>
internal sealed class WorkerConnection : IDisposable
{
    public const uint ProtocolVersion = 2;

    /// <summary>A shorter wait than the clock tick of most kernels would have to program the processor's timer for each turn, which costs as much as a system call.</summary>
    private const int SynchronousMilliseconds = 5;

    private static readonly TimeSpan ExitGrace = TimeSpan.FromSeconds(1);

    private readonly WorkerProcess process;
    private readonly TimeProvider time;
    private readonly long maxDecodedBytes;
    private readonly SendBuffer outgoing = new();
    private readonly ReceiveBuffer incoming = new();
    private readonly Lock breakLock = new();
    private readonly Lock receiveLock = new(); // held while the pipes are in use, so that disposing never closes them under a reader
    private int acknowledgementsDue;
    private WorkerFailure? breakReason;
    private string? fatalMessage;
    private MontyWorkerException? broken;
    private bool inputClosed;

    public WorkerConnection(WorkerProcess process, TimeProvider time, long maxDecodedBytes)
    {
        this.process = process;
        this.time = time;
        this.maxDecodedBytes = maxDecodedBytes;
    }

    public int ProcessId => process.Id;

    public bool IsBroken => breakReason is not null || broken is not null;

    /// <summary>How many sessions this worker has served.</summary>
    public int Checkouts { get; set; }

    /// <summary>True when the last request queued is a reset: no session is left on the worker once it has come that far.</summary>
    public bool EndsWithReset { get; private set; }

    /// <summary>Queues a request; the next receive writes it. Several may be queued: each gets its own replies, in order.</summary>
    public void Enqueue(ParentRequest request)
    {
        ThrowIfBroken();
        outgoing.Add(request);
        EndsWithReset = request.KindCase == ParentRequest.KindOneofCase.Reset;
    }

    /// <summary>Queues a request that is answered by Ok and nothing else; the next receive takes that Ok before it looks for its own event.</summary>
    public void EnqueueForOk(ParentRequest request)
    {
        Enqueue(request);
        acknowledgementsDue++;
    }

    /// <summary>Receives up to the next event that ends a turn, which is to be decoded before the next receive; prints go to the sink on the way.</summary>
    /// <param name="prints">Where the printed text goes, or null.</param>
    /// <param name="timeout">How long this turn may take before the worker is killed, or null.</param>
    /// <param name="cancellationToken">Cancelling kills the worker: a turn cannot be stopped in another way.</param>
    public ValueTask<WorkerEvent> ReceiveAsync(PrintSink? prints, TimeSpan? timeout, CancellationToken cancellationToken)
    {
        try
        {
            // A sink may block, as on a pipe that nobody reads, before the wait that looks at the token has begun.
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

    /// <summary>Receives every Ok that is still due, and nothing more. The worker may have died since it sent the last (<see cref="CheckUnused"/>).</summary>
    public ValueTask SettleAsync(TimeSpan? timeout, CancellationToken cancellationToken) =>
        acknowledgementsDue == 0 || TryReceive(null, SynchronousMilliseconds, settling: true) is not null
            ? ValueTask.CompletedTask
            : new ValueTask(ReceiveCoreAsync(null, timeout, settling: true, cancellationToken));

    /// <summary>Takes what a worker that nobody uses has said so far, without waiting for an Ok that is still due.</summary>
    /// <exception cref="MontyWorkerException">It died meanwhile, which shows as the end of its output, or it said what nobody asked for.</exception>
    public void CheckUnused()
    {
        if (TryReceive(static _ => throw new WireFormatException("printed text where nothing ran"), 0, settling: false) is { } stray)
        {
            throw Fail(WorkerFailure.BrokenProtocol, new WireFormatException($"{stray.KindCase} where nothing was due"));
        }
    }

    /// <summary>Writes what was queued, as far as the pipe takes it, without waiting for replies.</summary>
    public void Flush()
    {
        if (!inputClosed && !outgoing.IsEmpty)
        {
            Write();
        }
    }

    /// <summary>Decodes the end of a turn; an event that makes no sense breaks the connection.</summary>
    /// <param name="reply">The event.</param>
    /// <param name="names">The names of the session's feeds.</param>
    /// <param name="asyncCalls">The calls that are waited for and are of asynchronous functions, ascending.</param>
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

    /// <summary>Reads a reply's own message; one that is malformed breaks the connection.</summary>
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

    /// <summary>The bytes in the reply to a dump request; any other event breaks the connection.</summary>
    public ByteString ExpectDump(WorkerEvent reply) =>
        reply.KindCase == ChildEvent.KindOneofCase.DumpResult
            ? Read(reply, static r => r.Read(DumpResult.Parser)).State
            : throw Fail(WorkerFailure.BrokenProtocol, new WireFormatException($"{reply.KindCase} where a dump was due{ErrorIn(reply)}"));

    /// <summary>Says that an Ok comes next, for a request queued with <see cref="Enqueue"/> behind others that have replies of their own.</summary>
    public void ExpectOk() => acknowledgementsDue++;

    /// <exception cref="MontyWorkerException">The connection is broken, for the reason that broke it first.</exception>
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

    /// <summary>Kills the worker; the turn under way, and every later one, fails with the first reason given. Any thread.</summary>
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
            // Waits for a callback under way: one that came late would kill the worker under its next borrower.
            if (timer is not null)
            {
                await timer.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    private CancellationTokenRegistration BreakWhenCancelled(CancellationToken cancellationToken) =>
        cancellationToken.UnsafeRegister(static state => ((WorkerConnection)state!).Break(WorkerFailure.Cancelled), this);

    private static OperationCanceledException Cancelled(MontyWorkerException cause, CancellationToken cancellationToken) =>
        new("The turn was cancelled: its worker was killed, and the session on it is lost.", cause, cancellationToken);

    /// <summary>Writes and reads until a turn-ending event, or the last Ok that is due, is complete; null when the time passed first, be it in waiting or with prints.</summary>
    private WorkerEvent? TryReceive(PrintSink? prints, int milliseconds, bool settling)
    {
        lock (receiveLock)
        {
            var begun = milliseconds <= 0 ? 0 : Stopwatch.GetTimestamp();
            ThrowIfBroken();
            try
            {
                while (true)
                {
                    if (TryReadEvent(out var wanted) is not { } received)
                    {
                        if (!ReadOnce(wanted, milliseconds))
                        {
                            return null;
                        }
                    }
                    else if (HandleEvent(received, prints, settling))
                    {
                        return received;
                    }

                    // Whoever prints, or sends, without a pause must not outlast the timeout of the turn, which is not armed yet.
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
                // The print sink threw in the middle of a turn: its exception goes to the caller, and the worker cannot be used any more.
                Break(WorkerFailure.Abandoned);
                throw;
            }
        }
    }

    /// <summary>Takes one event; true when it is the one that the caller waits for.</summary>
    private bool HandleEvent(WorkerEvent received, PrintSink? prints, bool settling)
    {
        switch (received.KindCase)
        {
            case ChildEvent.KindOneofCase.Print when acknowledgementsDue == 0: // before that it would be another session's
                prints?.Invoke(received.Read(Print.Parser).Text);
                ThrowIfBroken(); // the sink may have disposed the session: its pipes are closed then
                return false;
            case ChildEvent.KindOneofCase.FatalError:
                fatalMessage = received.Read(FatalError.Parser).Message;
                return false;
            case ChildEvent.KindOneofCase.None:
                throw new WireFormatException("an event of an unknown kind");
            case ChildEvent.KindOneofCase.Ok when acknowledgementsDue > 0:
                return --acknowledgementsDue == 0 && settling;
            default:
                if (acknowledgementsDue == 0)
                {
                    return true;
                }

                throw new WireFormatException($"{received.KindCase} where Ok was due{ErrorIn(received)}");
        }
    }

    private static string ErrorIn(WorkerEvent received) =>
        received.KindCase == ChildEvent.KindOneofCase.Error ? $": {received.ReadError().Exception?.Message}" : "";

    private WorkerEvent? TryReadEvent(out int wanted)
    {
        var taken = FrameParser.TryParse(incoming.Unread.Span, FrameParser.MaxBodyBytes, out var body);
        wanted = -taken;
        if (taken < 0)
        {
            return null;
        }

        DecodedSize.Check(body, maxDecodedBytes);
        var received = WorkerEvent.Parse(incoming.Unread[FrameParser.PrefixBytes..taken]);
        incoming.Consume(taken);
        return received;
    }

    /// <summary>One wait, then one write, one read, or both; false when the time passed.</summary>
    private bool ReadOnce(int wanted, int milliseconds)
    {
        var sending = !outgoing.IsEmpty && !inputClosed;
        if (sending)
        {
            Write();
            sending = !outgoing.IsEmpty && !inputClosed;
        }

        var state = process.Wait(sending, milliseconds);
        if (state == PipeState.Nothing)
        {
            return false;
        }

        if ((state & PipeState.Readable) == 0)
        {
            return true;
        }

        var count = process.Read(incoming.GetRoom(wanted));
        if (count == 0)
        {
            throw new EndOfStreamException();
        }

        if (count > 0)
        {
            incoming.Received(count);
        }

        return true;
    }

    private void Write()
    {
        var count = process.Write(outgoing.Unsent);
        if (count < 0)
        {
            inputClosed = true; // the death of the worker can show here first: what it still said is read before the end of its output
        }
        else
        {
            outgoing.Sent(count);
        }
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
            failure = breakReason ??= FailureOf(code);
        }

        MontyTelemetry.CountFailure(failure);
        var stderr = process.StandardErrorTail;
        var advice =
            failure == WorkerFailure.VersionMismatch ? "Use the runtime that this version of the client pins."
            : Checkouts == 0 ? "It was only being started: check that RuntimePath, MONTY_BIN or PATH lead to the Monty runtime."
            : "The session on it is lost; open another, or go on from its last dump.";
        var message = $"{Describe(failure, code, cause)} {advice}{(stderr.Length > 0 ? $" It wrote: {stderr}" : "")}";
        return broken = new MontyWorkerException(failure, message, code, stderr, turnMayHaveRun: outgoing.IsEmpty, cause);
    }

    private static WorkerFailure FailureOf(int exitCode) =>
        exitCode switch
        {
            4 => WorkerFailure.VersionMismatch,
            65 => WorkerFailure.OutOfMemory,
            76 => WorkerFailure.BrokenProtocol,
            _ => WorkerFailure.Crashed,
        };

    private string Describe(WorkerFailure failure, int exitCode, Exception? cause) =>
        failure switch
        {
            WorkerFailure.VersionMismatch =>
                $"The Monty runtime does not speak protocol version {ProtocolVersion}, which this client needs: {fatalMessage ?? $"it ended with code {exitCode}"}.",
            WorkerFailure.OutOfMemory =>
                "The Monty worker ran out of memory (exit code 65): the script, an input or a result needed more than the memory limit's hard ceiling.",
            WorkerFailure.TimedOut => "The Monty worker was killed because a turn passed its timeout.",
            WorkerFailure.Cancelled => "The Monty worker was killed because a turn was cancelled.",
            WorkerFailure.PrintLimitExceeded => $"The Monty worker was killed: {cause?.Message}.",
            WorkerFailure.Abandoned => "The Monty worker was killed because the host gave up a turn half-way.",
            WorkerFailure.BrokenProtocol =>
                $"The Monty worker broke the protocol: {fatalMessage ?? cause?.Message ?? "it reported a malformed frame"}. It was killed.",
            WorkerFailure.Crashed =>
                $"The Monty worker ended unexpectedly with exit code {exitCode}{(fatalMessage is null ? "" : $": {fatalMessage}")}.",
            _ => throw new UnreachableException(),
        };
}
