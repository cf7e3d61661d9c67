namespace Monty.Interop;

/// <summary>Marks a public method as a tool. The tool is available when its object or type is registered with <see cref="MontyToolSet"/>.</summary>
/// <remarks>Scripts cannot call methods without this attribute. Use <see cref="System.ComponentModel.DescriptionAttribute"/> on methods, parameters, records, properties of records and enum members to describe them to models.</remarks>
[AttributeUsage(AttributeTargets.Method)]
public sealed class MontyToolAttribute : Attribute
{
    /// <summary>The name that scripts call. Default: null, which means the method's name in snake case without the suffix <c>Async</c>.</summary>
    public string? Name { get; init; }

    /// <summary>The maximum duration of one asynchronous call, in seconds (<see cref="MontyTool.Timeout"/>). Default: 0, no timeout.</summary>
    public double TimeoutSeconds { get; init; }

    /// <summary>True when a call changes nothing outside the script (<see cref="MontyTool.IsReadOnly"/>). Default: false, a call has effects.</summary>
    public bool ReadOnly { get; init; }
}
