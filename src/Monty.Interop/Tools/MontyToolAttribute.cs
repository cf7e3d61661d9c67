namespace Monty.Interop;

/// <summary>Makes a public method a tool, once its object or type is registered with <see cref="MontyToolSet"/>.</summary>
/// <remarks>Methods without it are out of reach. <see cref="System.ComponentModel.DescriptionAttribute"/> on methods, parameters, records, their properties and members of enums says what a model reads.</remarks>
[AttributeUsage(AttributeTargets.Method)]
public sealed class MontyToolAttribute : Attribute
{
    /// <summary>The name that scripts call. Default: null, the method's name in snake case without <c>Async</c> at its end.</summary>
    public string? Name { get; init; }

    /// <summary>How many seconds one asynchronous call may take (<see cref="MontyTool.Timeout"/>). Default: 0, no timeout.</summary>
    public double TimeoutSeconds { get; init; }

    /// <summary>Whether a call changes nothing outside the script (<see cref="MontyTool.IsReadOnly"/>). Default: false, the tool has an effect.</summary>
    public bool ReadOnly { get; init; }
}
