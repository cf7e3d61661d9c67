using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Monty.Interop.Tools.Signatures;

/// <summary>The final result of a C# function, after awaiting a task or reading an async stream.</summary>
/// <param name="Type">The type of the result, or null when there is none.</param>
/// <param name="Annotation">The nullability that C# declares for the result.</param>
/// <param name="IsAsync">True when the function returns a task or an async stream.</param>
/// <param name="WaitAsync">Gets the result from the object that the function returned.</param>
[RequiresUnreferencedCode(ValueHydration.NeedsMembers)]
[RequiresDynamicCode(ValueHydration.NeedsCode)]
internal sealed record AwaitedResult(
    Type? Type,
    NullabilityInfo? Annotation,
    bool IsAsync,
    Func<object?, CancellationToken, ValueTask<object?>> WaitAsync
)
{
    private static readonly Func<object?, CancellationToken, ValueTask<object?>> ReturnUnchanged = (value, _) => new(value);

    /// <exception cref="NoPythonTypeException">The function is <c>async void</c>, which cannot be awaited.</exception>
    public static AwaitedResult From(MethodInfo method)
    {
        var type = method.ReturnType;
        if (type == typeof(void))
        {
            return method.IsDefined(typeof(AsyncStateMachineAttribute), inherit: false)
                ? throw new NoPythonTypeException(type, "an async void method cannot be awaited; return Task")
                : new(null, null, IsAsync: false, ReturnUnchanged);
        }

        if (type == typeof(Task))
        {
            return new(null, null, IsAsync: true, WaitForTaskAsync);
        }

        if (type == typeof(ValueTask))
        {
            return new(null, null, IsAsync: true, WaitForValueTaskAsync);
        }

        var annotation = new NullabilityInfoContext().Create(method.ReturnParameter);
        if (FindWaitMethod(type) is not { } waitMethod)
        {
            return new(type, annotation, IsAsync: false, ReturnUnchanged);
        }

        var item = type.GetGenericArguments()[0];
        var waitAsync = typeof(AwaitedResult)
            .GetMethod(waitMethod, BindingFlags.NonPublic | BindingFlags.Static)!
            .MakeGenericMethod(item)
            .CreateDelegate<Func<object?, CancellationToken, ValueTask<object?>>>();
        return waitMethod == nameof(ReadStreamAsync)
            ? new(typeof(List<>).MakeGenericType(item), annotation, IsAsync: true, waitAsync)
            : new(item, annotation.GenericTypeArguments.ElementAtOrDefault(0), IsAsync: true, waitAsync);
    }

    /// <summary>Returns the name of the generic method below that waits for this type, or null when the type is not awaited.</summary>
    private static string? FindWaitMethod(Type type)
    {
        if (!type.IsGenericType)
        {
            return null;
        }

        var definition = type.GetGenericTypeDefinition();
        if (definition == typeof(Task<>))
        {
            return nameof(WaitForTaskResultAsync);
        }

        if (definition == typeof(ValueTask<>))
        {
            return nameof(WaitForValueTaskResultAsync);
        }

        return definition == typeof(IAsyncEnumerable<>) ? nameof(ReadStreamAsync) : null;
    }

    private static async ValueTask<object?> WaitForTaskAsync(object? task, CancellationToken cancellationToken)
    {
        await ((Task)task!).ConfigureAwait(false);
        return null;
    }

    private static async ValueTask<object?> WaitForValueTaskAsync(object? task, CancellationToken cancellationToken)
    {
        await ((ValueTask)task!).ConfigureAwait(false);
        return null;
    }

    private static async ValueTask<object?> WaitForTaskResultAsync<T>(object? task, CancellationToken cancellationToken) =>
        await ((Task<T>)task!).ConfigureAwait(false);

    private static async ValueTask<object?> WaitForValueTaskResultAsync<T>(object? task, CancellationToken cancellationToken) =>
        await ((ValueTask<T>)task!).ConfigureAwait(false);

    private static async ValueTask<object?> ReadStreamAsync<T>(object? stream, CancellationToken cancellationToken)
    {
        var items = new List<T>();
        await foreach (var item in ((IAsyncEnumerable<T>)stream!).WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            items.Add(item);
        }

        return items;
    }
}
