namespace Monty.Actors.Sql;

/// <summary>A database that <see cref="SqlSessionStore"/> can use.</summary>
public enum SqlDatabase
{
    /// <summary>A SQLite file. The program references the package <c>Microsoft.Data.Sqlite</c>.</summary>
    Sqlite = 0,

    /// <summary>PostgreSQL 15 or later. The program references the package <c>Npgsql</c>.</summary>
    PostgreSql = 1,

    /// <summary>SQL Server 2019 or later. The program references the package <c>Microsoft.Data.SqlClient</c>.</summary>
    SqlServer = 2,

    /// <summary>MySQL 8.0 or later. The program references the package <c>MySqlConnector</c>.</summary>
    MySql = 3,
}
