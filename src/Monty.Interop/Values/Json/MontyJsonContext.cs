using System.Text.Json.Serialization;

namespace Monty.Interop;

/// <summary>Serializer metadata for <see cref="MontyValue"/> that was generated at compile time, for trimmed and ahead-of-time compiled programs.</summary>
[JsonSourceGenerationOptions(MaxDepth = MontyJson.MaxDepth)]
[JsonSerializable(typeof(MontyValue))]
public sealed partial class MontyJsonContext : JsonSerializerContext;
