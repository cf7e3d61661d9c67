using System.Text.Json.Serialization;

namespace Monty.Interop;

/// <summary>Source-generated serializer metadata for <see cref="MontyValue"/>, for trimmed and ahead-of-time compiled programs.</summary>
[JsonSourceGenerationOptions(MaxDepth = MontyJson.MaxDepth)]
[JsonSerializable(typeof(MontyValue))]
public sealed partial class MontyJsonContext : JsonSerializerContext;
