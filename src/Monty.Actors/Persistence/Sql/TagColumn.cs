using System.Text.Json;
using System.Text.Json.Serialization;
using Monty.Interop;

namespace Monty.Actors.Persistence.Sql;

/// <summary>
/// Stores labels and tool names in a column, as a JSON array or null for none. Triggers of the database maintain the rows that they are found by.
/// </summary>
internal static class TagColumn
{
    public static string? Write(EquatableArray<string> tags) =>
        tags.Count == 0 ? null : JsonSerializer.Serialize([.. tags], TagColumnContext.Default.StringArray);

    public static EquatableArray<string> Read(string? column) =>
        column is null ? [] : (JsonSerializer.Deserialize(column, TagColumnContext.Default.StringArray) ?? []).ToEquatableArray();
}

[JsonSerializable(typeof(string[]))]
internal sealed partial class TagColumnContext : JsonSerializerContext;
