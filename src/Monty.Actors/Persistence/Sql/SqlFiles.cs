using System.Globalization;
using System.Reflection;

namespace Monty.Actors.Persistence.Sql;

/// <summary>The SQL statements of a store, one in each file, embedded in its assembly.</summary>
/// <param name="assembly">The assembly.</param>
/// <param name="root">The folder of the files, which ends with a slash, or nothing for the root.</param>
internal sealed class SqlFiles(Assembly assembly, string root = "")
{
    private readonly Dictionary<string, string> statements = Read(assembly, root + "Sql/");

    /// <summary>The numbered migrations of the schema, oldest first.</summary>
    public IReadOnlyList<Migration> Migrations { get; } =
    [
        .. Read(assembly, root + "Migrations/")
            .Select(m => new Migration(int.Parse(m.Key.AsSpan(0, 4), NumberStyles.None, CultureInfo.InvariantCulture), m.Value))
            .OrderBy(m => m.Number),
    ];

    /// <summary>Returns the statement in a file, by the file's name without <c>.sql</c>.</summary>
    public string this[string name] => statements[name];

    /// <summary>Returns the migrations that a store with a schema version lacks.</summary>
    /// <exception cref="SessionStoreException">The store is newer than this assembly.</exception>
    public IEnumerable<Migration> Since(long version) =>
        version <= Migrations[^1].Number
            ? Migrations.Where(m => m.Number > version)
            : throw new SessionStoreException(
                $"Opening the store failed: its tables have schema {version}, and this version of {assembly.GetName().Name} knows schemas up to {Migrations[^1].Number}. Use the version that created them, or a later one."
            );

    private static Dictionary<string, string> Read(Assembly assembly, string folder) =>
        assembly
            .GetManifestResourceNames()
            .Where(name => name.StartsWith(folder, StringComparison.Ordinal))
            .ToDictionary(
                name => name[folder.Length..^".sql".Length],
                name =>
                {
                    using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
                    return reader.ReadToEnd();
                }
            );
}

/// <summary>One change of the schema.</summary>
internal sealed record Migration(int Number, string Sql);
