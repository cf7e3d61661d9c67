using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Monty.Testing.Stores;

/// <summary>A PostgreSQL server for the test process, on a free port of the loopback interface, with fsync enabled. It is removed when the test process ends in any way.</summary>
/// <remarks>Not thread-safe: only one command may run at a time.</remarks>
public sealed class PostgreSqlServer : IAsyncDisposable
{
    private const string Install =
        "Install the server with apt-get install postgresql-15 (./build.sh test does so when it has the permission), or set MONTY_POSTGRESQL_BIN to its bin folder.";
    private readonly Process keeper;
    private int port;

    private PostgreSqlServer(Process keeper) => this.keeper = keeper;

    /// <summary>The connection string for the superuser.</summary>
    public string ConnectionString =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"Host=127.0.0.1;Port={port};Username=monty;Database=postgres;Timeout=60;Command Timeout=60;SSL Mode=Disable;GSS Encryption Mode=Disable"
        );

    /// <summary>The port of the loopback interface that the server listens on.</summary>
    public int Port => port;

    /// <summary>The folder with the server's data, log and socket.</summary>
    public string Folder { get; private set; } = "";

    /// <summary>Creates a server with an empty database, and starts it.</summary>
    /// <exception cref="InvalidOperationException">No server is installed, or it does not start. The message says what to do.</exception>
    public static async Task<PostgreSqlServer> StartNewAsync()
    {
        var bin = FindBin();
        string[] command = ["/bin/sh", Path.Combine(AppContext.BaseDirectory, "Stores", "postgresql-keeper.sh"), bin];
        if (Environment.IsPrivilegedProcess)
        {
            // PostgreSQL refuses to run as root.
            command = ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", .. command];
        }

        // The keeper gets its own session, so that signals for the process group of the test do not prevent its cleanup.
        command = ["setsid", .. command];
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            WorkingDirectory = "/",
        };
        var server = new PostgreSqlServer(Process.Start(start)!);
        try
        {
            server.Folder = await server.ReadLineAsync().ConfigureAwait(false);
            for (var attempt = 0; attempt < 5; attempt++)
            {
                server.port = FindFreePort(); // Another process may take the port before the server does.
                if (await server.SendAsync($"start {server.port}").ConfigureAwait(false) == "ready")
                {
                    return server;
                }
            }

            throw new InvalidOperationException(
                $"PostgreSQL did not start. Its log says:\n{await File.ReadAllTextAsync(Path.Combine(server.Folder, "server.log")).ConfigureAwait(false)}"
            );
        }
        catch
        {
            await server.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Makes the server ask all users except its superuser for a password from now on.</summary>
    public async Task AskForPasswordsAsync()
    {
        await File.WriteAllTextAsync(
                Path.Combine(Folder, "data", "pg_hba.conf"),
                "host all monty 127.0.0.1/32 trust\nhost all all 127.0.0.1/32 scram-sha-256\n"
            )
            .ConfigureAwait(false);
        await KillAsync().ConfigureAwait(false);
        await StartAsync().ConfigureAwait(false);
    }

    /// <summary>Kills all processes of the server with SIGKILL.</summary>
    public async Task KillAsync()
    {
        if (await SendAsync("kill").ConfigureAwait(false) != "killed")
        {
            throw new InvalidOperationException("PostgreSQL was not killed.");
        }
    }

    /// <summary>Starts the server again on the same port, and waits until it has recovered and accepts connections.</summary>
    public async Task StartAsync()
    {
        if (await SendAsync($"start {port}").ConfigureAwait(false) != "ready")
        {
            throw new InvalidOperationException($"PostgreSQL did not start again; see {Folder}/server.log.");
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        keeper.StandardInput.Close();
        await keeper.WaitForExitAsync().WaitAsync(TestTimeouts.Generous).ConfigureAwait(false);
        keeper.Dispose();
    }

    private static string FindBin()
    {
        var candidates = new[] { Environment.GetEnvironmentVariable("MONTY_POSTGRESQL_BIN") }.Concat(
            Directory.Exists("/usr/lib/postgresql")
                ? Directory
                    .GetDirectories("/usr/lib/postgresql")
                    .OrderDescending(StringComparer.Ordinal)
                    .Select(d => Path.Combine(d, "bin"))
                : []
        );
        return candidates.FirstOrDefault(bin => bin is not null && File.Exists(Path.Combine(bin, "initdb")))
            ?? throw new InvalidOperationException($"These tests need a PostgreSQL server, and none is installed. {Install}");
    }

    private static int FindFreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private async Task<string> SendAsync(string command)
    {
        await keeper.StandardInput.WriteLineAsync(command).ConfigureAwait(false);
        await keeper.StandardInput.FlushAsync().ConfigureAwait(false);
        return await ReadLineAsync().ConfigureAwait(false);
    }

    private async Task<string> ReadLineAsync() =>
        await keeper.StandardOutput.ReadLineAsync().WaitAsync(TestTimeouts.Generous).ConfigureAwait(false)
        ?? throw new InvalidOperationException(
            $"The process that keeps the PostgreSQL server ended. Its standard error says why. {Install}"
        );
}
