namespace Monty.Interop.Tools.Signatures;

/// <summary>The names of a C# function that scripts can call.</summary>
/// <param name="Name">The name that scripts call.</param>
/// <param name="Source">The function as registration errors name it, such as <c>Method Weather.GetWeather</c>.</param>
/// <param name="ClassName">The Python class that the function is a method of, or null for a plain function.</param>
internal sealed record FunctionNames(string Name, string Source, string? ClassName = null)
{
    /// <summary>The name in errors that scripts see, such as <c>add</c> or <c>Account.deposit</c>.</summary>
    public string QualifiedName => ClassName is null ? Name : $"{ClassName}.{Name}";
}
