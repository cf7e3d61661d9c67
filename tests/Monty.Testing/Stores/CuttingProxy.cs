using System.Net;
using System.Net.Sockets;

namespace Monty.Testing.Stores;

/// <summary>A proxy between a driver and its server that cuts a connection at the moment that a test chooses.</summary>
/// <remarks>Thread-safe.</remarks>
public sealed class CuttingProxy : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly int serverPort;
    private readonly Lock gate = new();
    private readonly List<Link> links = [];
    private readonly Task accepting;
    private Cut? armed;
    private long roundTrips;

    /// <summary>Starts the proxy.</summary>
    /// <param name="serverPort">The port of the server on the loopback interface.</param>
    public CuttingProxy(int serverPort)
    {
        this.serverPort = serverPort;
        listener.Start();
        accepting = AcceptAsync();
    }

    /// <summary>The port that the driver connects to.</summary>
    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    /// <summary>The number of times that a driver sent data after the server had answered.</summary>
    public long RoundTrips => Interlocked.Read(ref roundTrips);

    /// <summary>True to close new connections immediately, like a server that is not available.</summary>
    public bool IsAway { get; set; }

    /// <summary>Cuts the next connection on which the driver sends data, before the server receives it.</summary>
    /// <param name="meanwhile">An action to run before the driver notices the cut.</param>
    /// <returns>A task that completes when the connection was cut.</returns>
    public Task CutRequest(Func<Task>? meanwhile = null) => Arm(new Cut(IsReply: false, meanwhile));

    /// <summary>
    /// Cuts the next connection on which the server sends data, after the server has done its work and before the driver receives the reply.
    /// </summary>
    /// <inheritdoc cref="CutRequest"/>
    public Task CutReply(Func<Task>? meanwhile = null) => Arm(new Cut(IsReply: true, meanwhile));

    /// <summary>Cuts all connections to the drivers. The server notices it only when it answers.</summary>
    public void CutDrivers()
    {
        lock (gate)
        {
            links.ForEach(l => l.Driver.Close());
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        listener.Stop();
        await accepting.ConfigureAwait(false);
        Task[] running;
        lock (gate)
        {
            links.ForEach(l => l.Close());
            running = [.. links.Select(l => l.Running)];
        }

        await Task.WhenAll(running).ConfigureAwait(false);
        listener.Dispose();
    }

    private Task Arm(Cut cut)
    {
        lock (gate)
        {
            armed = cut;
        }

        return cut.Done.Task;
    }

    private Cut? TakeCut(bool isReply)
    {
        lock (gate)
        {
            var cut = armed;
            if (cut?.IsReply != isReply)
            {
                return null;
            }

            armed = null;
            return cut;
        }
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            Socket driver;
            try
            {
                driver = await listener.AcceptSocketAsync().ConfigureAwait(false);
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
            {
                return; // stopped
            }

            if (IsAway)
            {
                driver.Dispose();
                continue;
            }

            var server = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await server.ConnectAsync(IPAddress.Loopback, serverPort).ConfigureAwait(false);
            driver.NoDelay = true;
            var link = new Link(driver, server);
            link.Running = Task.WhenAll(PumpAsync(link, isReply: false), PumpAsync(link, isReply: true));
            lock (gate)
            {
                links.Add(link);
            }
        }
    }

    private async Task PumpAsync(Link link, bool isReply)
    {
        var (from, to) = isReply ? (link.Server, link.Driver) : (link.Driver, link.Server);
        var buffer = new byte[64 * 1024];
        try
        {
            while (await from.ReceiveAsync(buffer).ConfigureAwait(false) is > 0 and var count)
            {
                if (link.TurnsTo(isReply) && !isReply)
                {
                    Interlocked.Increment(ref roundTrips);
                }

                if (TakeCut(isReply) is { } cut)
                {
                    await (cut.Meanwhile?.Invoke() ?? Task.CompletedTask).ConfigureAwait(false);
                    link.Close();
                    cut.Done.SetResult();
                    return;
                }

                for (var sent = 0; sent < count; )
                {
                    sent += await to.SendAsync(buffer.AsMemory(sent, count - sent)).ConfigureAwait(false);
                }
            }

            to.Shutdown(SocketShutdown.Send);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // One of the two sides is gone. CutDrivers leaves the connection to the server open.
            if (isReply)
            {
                link.Close();
            }
        }
    }

    private sealed record Cut(bool IsReply, Func<Task>? Meanwhile)
    {
        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private sealed class Link(Socket driver, Socket server)
    {
        private int last = -1;

        public Socket Driver => driver;

        public Socket Server => server;

        public Task Running { get; set; } = Task.CompletedTask;

        /// <summary>Returns true if the other side sent data last.</summary>
        public bool TurnsTo(bool isReply)
        {
            var now = isReply ? 1 : 0;
            return Interlocked.Exchange(ref last, now) != now;
        }

        public void Close()
        {
            driver.Dispose();
            server.Dispose();
        }
    }
}
