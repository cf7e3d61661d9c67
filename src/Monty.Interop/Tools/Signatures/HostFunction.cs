using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Reflection;

namespace Monty.Interop.Tools.Signatures;

/// <summary>A C# function that scripts can call.</summary>
/// <param name="Method">The method behind the function.</param>
/// <param name="Parameters">The parameters that a caller passes.</param>
/// <param name="Invoke">Calls the function with one argument for each parameter. Exceptions of the function are thrown unwrapped.</param>
[RequiresUnreferencedCode(ValueHydration.NeedsMembers)]
internal sealed record HostFunction(MethodInfo Method, ImmutableArray<ParameterInfo> Parameters, Func<object?[], object?> Invoke)
{
    /// <param name="method">The method.</param>
    /// <param name="target">The object to call an instance method on, or null for a static method.</param>
    public static HostFunction From(MethodInfo method, object? target) =>
        new(
            method,
            [.. method.GetParameters()],
            arguments => method.Invoke(target, BindingFlags.DoNotWrapExceptions, binder: null, arguments, CultureInfo.InvariantCulture)
        );

    public static HostFunction From(Delegate handler)
    {
        var invoke = handler.GetType().GetMethod("Invoke")!;

        // A delegate that is closed over the first argument of a static method does not pass that parameter.
        var parameters = handler.Method.GetParameters().TakeLast(invoke.GetParameters().Length);
        return new(
            handler.Method,
            [.. parameters],
            arguments => invoke.Invoke(handler, BindingFlags.DoNotWrapExceptions, binder: null, arguments, CultureInfo.InvariantCulture)
        );
    }
}
