using System.Buffers;
using System.Data.Common;
using LinqToDB;
using LinqToDB.Data;
using LinqToDB.Mapping;
using Monty.Actors.Persistence.Sql;

namespace Monty.Actors.Sql;

/// <summary>Migrates the tables to the newest schema.</summary>
/// <remarks>
/// On SQLite and PostgreSQL the journal, the snapshots and the claim are created by the migrations of our own stores, so either store can open the database.
/// The index has tables and numbers of its own.
/// </remarks>
internal static class SqlSchema
{
    private static readonly SearchValues<char> NameCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789_");

    /// <exception cref="ArgumentException">The name of the schema is invalid.</exception>
    public static void CheckName(string schema)
    {
        if (
            schema is not { Length: > 0 and <= 63 }
            || schema.AsSpan().IndexOfAnyExcept(NameCharacters) >= 0
            || char.IsAsciiDigit(schema[0])
        )
        {
            throw new ArgumentException(
                "The schema of the store is invalid: use 1 to 63 characters of a-z, 0-9 and _, and no digit at the start.",
                nameof(schema)
            );
        }
    }

    /// <exception cref="SessionStoreException">The tables were created by a newer version of this library.</exception>
    /// <exception cref="DbException">The database failed.</exception>
    public static void Migrate(SqlTables db, SqlDialect dialect, SqlSessionStoreOptions options)
    {
        if (options.Database == SqlDatabase.Sqlite)
        {
            db.Execute("PRAGMA journal_mode = WAL"); // a property of the file, which all later connections use
        }

        using var transaction = db.BeginTransaction();
        if (options.Database == SqlDatabase.PostgreSql)
        {
            db.Execute($"SELECT pg_advisory_xact_lock(1296979033, hashtext('{options.Schema} migrates'))"); // the lock of PostgreSqlStore
            db.Execute($"CREATE SCHEMA IF NOT EXISTS {options.Schema}");
        }

        Migrate(db, "schema_version", new SqlFiles(typeof(SqlSchema).Assembly, dialect.Folder), sql => [Fill(sql, dialect)]);
        Migrate(db, "sql_schema_version", new SqlFiles(typeof(SqlSchema).Assembly, "Index/"), sql => Fill(sql, dialect).Split(";\n"));
        transaction.Commit();
    }

    private static void Migrate(SqlTables db, string versions, SqlFiles files, Func<string, string[]> statements)
    {
        var table = db.CreateTable<VersionRow>(tableName: versions, tableOptions: TableOptions.CreateIfNotExists);
        var version = table.Max(v => (int?)v.Version) ?? 0;
        foreach (var migration in files.Since(version))
        {
            foreach (var statement in statements(migration.Sql).Where(s => !string.IsNullOrWhiteSpace(s)))
            {
                db.Execute(statement);
            }

            table.Insert(() => new VersionRow { Version = migration.Number });
        }
    }

    /// <summary>Replaces the names of types in braces by the types of the database.</summary>
    public static string Fill(string sql, SqlDialect dialect)
    {
        foreach (var (name, type) in dialect.Types)
        {
            sql = sql.Replace($"{{{name}}}", type, StringComparison.Ordinal);
        }

        return sql;
    }

    /// <summary>A migration that has run.</summary>
    private sealed class VersionRow
    {
        [Column("version"), PrimaryKey]
        public int Version { get; set; }
    }
}
