using System.Text.Json;
using System.Text.Json.Serialization;
using Monty.Interop;

namespace Monty.Actors.Persistence.Sql;

/// <summary>Labels and tool names as a column keeps them: a JSON array, or null for none. The database makes the rows to find them by.</summary>
internal static class TagColumn
{
    public static string? Write(EquatableArray<string> tags) =>
        tags.Count == 0 ? null : JsonSerializer.Serialize([.. tags], TagColumnContext.Default.StringArray);

    public static EquatableArray<string> Read(string? column) =>
        column is null ? [] : (JsonSerializer.Deserialize(column, TagColumnContext.Default.StringArray) ?? []).ToEquatableArray();
}

[JsonSerializable(typeof(string[]))]
internal sealed partial class TagColumnContext : JsonSerializerContext;
