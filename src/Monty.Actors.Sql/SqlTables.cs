using LinqToDB;
using LinqToDB.Data;
using LinqToDB.Mapping;

namespace Monty.Actors.Sql;

/// <summary>A connection with the tables of the store. Used by one thread at a time.</summary>
internal sealed class SqlTables(DataOptions options) : DataConnection(options)
{
    /// <summary>The changes, in the default layout of Akka.Persistence.Sql.</summary>
    public ITable<ChangeRow> Changes => this.GetTable<ChangeRow>();

    /// <summary>The snapshots, in the default layout of Akka.Persistence.Sql.</summary>
    public ITable<SnapshotRow> Snapshots => this.GetTable<SnapshotRow>();

    /// <summary>The epoch of the engine that claimed the store last.</summary>
    public ITable<ClaimRow> Claims => this.GetTable<ClaimRow>();

    /// <summary>The index.</summary>
    public ITable<SessionRow> Sessions => this.GetTable<SessionRow>();

    /// <summary>The labels of the sessions, and the tools that they wait for.</summary>
    public ITable<TagRow> Tags => this.GetTable<TagRow>();

    /// <summary>Creates the mapping of a database.</summary>
    public static MappingSchema Map(SqlDatabase database)
    {
        var schema = new MappingSchema($"monty {database}");
        var builder = new FluentMappingBuilder(schema);
        if (database == SqlDatabase.SqlServer)
        {
            // Akka.Persistence.Sql stores the time of a snapshot as datetime2 there, and as ticks elsewhere.
            builder
                .Entity<SnapshotRow>()
                .Property(s => s.Created)
                .HasDataType(DataType.DateTime2)
                .HasConversion(ticks => new DateTime(ticks, DateTimeKind.Utc), time => time.Ticks);
        }

        builder.Build();
        return schema;
    }
}

/// <summary>A row of the journal.</summary>
[Table("journal")]
internal sealed class ChangeRow
{
    [Column("persistence_id")]
    public string PersistenceId { get; set; } = "";

    [Column("sequence_number")]
    public long SequenceNumber { get; set; }

    [Column("created")]
    public long Created { get; set; }

    [Column("deleted")]
    public bool Deleted { get; set; }

    [Column("message")]
    public byte[] Message { get; set; } = [];

    [Column("manifest")]
    public string? Manifest { get; set; }

    [Column("identifier")]
    public int? Identifier { get; set; }

    [Column("writer_uuid")]
    public string? WriterId { get; set; }
}

/// <summary>A row of the snapshots.</summary>
[Table("snapshot")]
internal sealed class SnapshotRow
{
    [Column("persistence_id")]
    public string PersistenceId { get; set; } = "";

    [Column("sequence_number")]
    public long SequenceNumber { get; set; }

    [Column("created")]
    public long Created { get; set; }

    [Column("snapshot")]
    public byte[] Snapshot { get; set; } = [];

    [Column("manifest")]
    public string? Manifest { get; set; }

    [Column("serializer_id")]
    public int? SerializerId { get; set; }
}

/// <summary>The claim of the engine that owns the store.</summary>
[Table("shard_claim")]
internal sealed class ClaimRow
{
    [Column("shard")]
    public int Shard { get; set; }

    [Column("epoch")]
    public long Epoch { get; set; }

    [Column("node")]
    public string Node { get; set; } = "";
}

/// <summary>A row of the index. Times are microseconds since 1970, in UTC.</summary>
[Table("sql_session")]
internal sealed record SessionRow
{
    [Column("persistence_id"), PrimaryKey]
    public string PersistenceId { get; init; } = "";

    [Column("tenant")]
    public string Tenant { get; init; } = "";

    [Column("name")]
    public string Name { get; init; } = "";

    [Column("version")]
    public long Version { get; init; }

    [Column("status")]
    public short Status { get; init; }

    [Column("is_active")]
    public bool IsActive { get; init; }

    [Column("created_us")]
    public long CreatedAt { get; init; }

    [Column("changed_us")]
    public long ChangedAt { get; init; }

    [Column("due_us")]
    public long? DueAt { get; init; }

    [Column("waiting_on")]
    public string? WaitingOn { get; init; }

    [Column("labels")]
    public string? Labels { get; init; }
}

/// <summary>A label of a session, or a tool that it waits for.</summary>
[Table("sql_session_tag")]
internal sealed class TagRow
{
    /// <summary>The kind of a tool that the session waits for.</summary>
    public const short WaitingOn = 1;

    /// <summary>The kind of a label.</summary>
    public const short Label = 2;

    [Column("persistence_id")]
    public string PersistenceId { get; set; } = "";

    [Column("tag_kind")]
    public short Kind { get; set; }

    [Column("tag")]
    public string Tag { get; set; } = "";

    [Column("tenant")]
    public string Tenant { get; set; } = "";

    [Column("name")]
    public string Name { get; set; } = "";
}
