using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Monty.Testing.Stores;

/// <summary>A PostgreSQL server of the test process's own, on a free port of the loopback interface, with fsync on; it goes when the process goes, however it ends.</summary>
/// <remarks>One command at a time.</remarks>
public sealed class PostgreSqlServer : IAsyncDisposable
{
    private const string Install =
        "Install the server: apt-get install postgresql-15 (./build.sh test does it where it may), or name its bin folder in MONTY_POSTGRESQL_BIN.";
    private readonly Process keeper;
    private int port;

    private PostgreSqlServer(Process keeper) => this.keeper = keeper;

    /// <summary>How to connect to it as its superuser.</summary>
    public string ConnectionString =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"Host=127.0.0.1;Port={port};Username=monty;Database=postgres;Timeout=60;Command Timeout=60;SSL Mode=Disable;GSS Encryption Mode=Disable"
        );

    /// <summary>The port of the loopback interface that it listens on.</summary>
    public int Port => port;

    /// <summary>Where it keeps its data, its log and its socket.</summary>
    public string Folder { get; private set; } = "";

    /// <summary>Makes a server with an empty database and starts it.</summary>
    /// <exception cref="InvalidOperationException">No server is installed, or it does not start; the message says what to do.</exception>
    public static async Task<PostgreSqlServer> StartNewAsync()
    {
        var bin = FindBin();
        string[] command = ["/bin/sh", Path.Combine(AppContext.BaseDirectory, "Stores", "postgresql-keeper.sh"), bin];
        if (Environment.IsPrivilegedProcess)
        {
            command = ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", .. command]; // it refuses to run as root
        }

        command = ["setsid", .. command]; // signals for the test's process group must leave the keeper to clean up
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
                server.port = FreePort(); // which somebody else may take before the server does
                if (await server.SayAsync($"start {server.port}").ConfigureAwait(false) == "ready")
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

    /// <summary>Lets it ask all users but its superuser for a password from now on.</summary>
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

    /// <summary>Ends the server and all its processes by SIGKILL.</summary>
    public async Task KillAsync()
    {
        if (await SayAsync("kill").ConfigureAwait(false) != "killed")
        {
            throw new InvalidOperationException("PostgreSQL was not killed.");
        }
    }

    /// <summary>Starts it again on the same port, and waits until it takes connections: it has recovered by then.</summary>
    public async Task StartAsync()
    {
        if (await SayAsync($"start {port}").ConfigureAwait(false) != "ready")
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
            ?? throw new InvalidOperationException($"No PostgreSQL server is installed, and these tests need one. {Install}");
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private async Task<string> SayAsync(string command)
    {
        await keeper.StandardInput.WriteLineAsync(command).ConfigureAwait(false);
        await keeper.StandardInput.FlushAsync().ConfigureAwait(false);
        return await ReadLineAsync().ConfigureAwait(false);
    }

    private async Task<string> ReadLineAsync() =>
        await keeper.StandardOutput.ReadLineAsync().WaitAsync(TestTimeouts.Generous).ConfigureAwait(false)
        ?? throw new InvalidOperationException($"The keeper of PostgreSQL ended; what went wrong is on standard error. {Install}");
}
