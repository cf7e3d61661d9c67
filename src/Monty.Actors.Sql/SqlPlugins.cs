using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Configuration;
using Akka.Persistence;
using Akka.Persistence.Sql.Config;
using LinqToDB;
using Monty.Actors.Persistence;

namespace Monty.Actors.Sql;

/// <summary>The journal and the snapshot store of Akka.Persistence.Sql, in an actor system of their own, through which the store writes.</summary>
/// <remarks>Thread-safe. The settings are in <c>hocon/monty.sql.conf</c>.</remarks>
internal sealed class SqlPlugins : IAsyncDisposable
{
    private const string JournalId = "monty.persistence.sql.journal";
    private const string SnapshotStoreId = "monty.persistence.sql.snapshot-store";

    /// <summary>Longer than the time-outs of the plug-ins, which report a failure themselves.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(90);

    private readonly ActorSystem system;
    private readonly IActorRef journal;
    private readonly IActorRef snapshots;

    public SqlPlugins(SqlDialect dialect, DataOptions options)
    {
        var initialize = dialect.PluginCreatesTables ? "on" : "off";
        var config = ConfigurationFactory
            .ParseString(
                $$"""
                {{JournalId}} { provider-name = "{{dialect.Provider}}", auto-initialize = {{initialize}} }
                {{SnapshotStoreId}} { provider-name = "{{dialect.Provider}}", auto-initialize = {{initialize}} }
                """
            )
            .WithFallback(ConfigurationFactory.FromResource<SqlPlugins>("Monty.Actors.Sql.monty.sql.conf"));
        system = ActorSystem.Create("monty-sql", BootstrapSetup.Create().WithConfig(config).And(new DataOptionsSetup(options)));
        var persistence = Akka.Persistence.Persistence.Instance.Apply(system);
        journal = persistence.JournalFor(JournalId);
        snapshots = persistence.SnapshotStoreFor(SnapshotStoreId);
    }

    /// <summary>Appends changes in one transaction.</summary>
    /// <returns>Null, or the failure, after which it is unknown whether the changes are stored.</returns>
    public async Task<Exception?> AppendAsync(IReadOnlyList<ChangeWrite> changes)
    {
        IPersistentEnvelope[] writes = [.. changes.Select(c => new AtomicWrite(ToPersistent(c)))];
        var reply = await AskAsync(journal, sender => new WriteMessages(writes, sender, 1)).ConfigureAwait(false);
        return reply switch
        {
            WriteMessagesSuccessful => null,
            WriteMessagesFailed failed => failed.Cause,
            Exception failure => failure,
            _ => new InvalidOperationException($"The journal replied with {reply.GetType().Name}."),
        };
    }

    /// <summary>Saves a snapshot.</summary>
    /// <exception cref="Exception">The database failed.</exception>
    public async Task SaveSnapshotAsync(string persistenceId, StoredRow snapshot)
    {
        var metadata = new SnapshotMetadata(persistenceId, snapshot.SequenceNumber, snapshot.At.UtcDateTime);
        var payload = new StoredBytes(snapshot.Manifest, snapshot.Payload);
        var reply = await AskAsync(snapshots, _ => new SaveSnapshot(metadata, payload)).ConfigureAwait(false);
        if (reply is not SaveSnapshotSuccess)
        {
            throw reply switch
            {
                SaveSnapshotFailure failed => failed.Cause,
                Exception failure => failure,
                _ => new InvalidOperationException($"The snapshot store replied with {reply.GetType().Name}."),
            };
        }
    }

    public async ValueTask DisposeAsync()
    {
        await system.Terminate().ConfigureAwait(false);
        system.Dispose();
    }

    private static Persistent ToPersistent(ChangeWrite change) =>
        new(
            new StoredBytes(change.Row.Manifest, change.Row.Payload),
            change.Row.SequenceNumber,
            change.PersistenceId,
            manifest: "",
            isDeleted: false,
            ActorRefs.NoSender,
            change.Row.WriterId,
            change.Row.At.UtcTicks
        );

    /// <summary>
    /// Sends a message, and returns the first reply or the exception. The journal sends more replies, one for each change, which are not needed.
    /// </summary>
    private static async Task<object> AskAsync(IActorRef plugin, Func<IActorRef, object> message)
    {
        try
        {
            return await plugin.Ask<object>(message, LongestWait, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is AskTimeoutException or OperationCanceledException)
        {
            return new TimeoutException("The plug-in of Akka.Persistence.Sql did not reply.", failure);
        }
    }
}
