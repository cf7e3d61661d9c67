using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Monty.Interop.Tools.Signatures;

/// <summary>What a C# function gives in the end, and how to wait for it.</summary>
/// <param name="Type">The type of the value; null for none.</param>
/// <param name="Annotation">What the declaration says of null.</param>
/// <param name="IsAsync">True when it is waited for.</param>
/// <param name="WaitAsync">Turns what the function returned into the value.</param>
[RequiresUnreferencedCode(ValueHydration.NeedsMembers)]
[RequiresDynamicCode(ValueHydration.NeedsCode)]
internal sealed record AwaitedResult(
    Type? Type,
    NullabilityInfo? Annotation,
    bool IsAsync,
    Func<object?, CancellationToken, ValueTask<object?>> WaitAsync
)
{
    private static readonly Func<object?, CancellationToken, ValueTask<object?>> AsItIs = (value, _) => new(value);

    /// <exception cref="NoPythonTypeException">The function is <c>async void</c>: nobody can wait for it.</exception>
    public static AwaitedResult From(MethodInfo method)
    {
        var type = method.ReturnType;
        if (type == typeof(void))
        {
            return method.IsDefined(typeof(AsyncStateMachineAttribute), inherit: false)
                ? throw new NoPythonTypeException(type, "nobody can wait for an async void method; return Task")
                : new(null, null, IsAsync: false, AsItIs);
        }

        if (type == typeof(Task))
        {
            return new(null, null, IsAsync: true, OfTask);
        }

        if (type == typeof(ValueTask))
        {
            return new(null, null, IsAsync: true, OfValueTask);
        }

        var annotation = new NullabilityInfoContext().Create(method.ReturnParameter);
        var wait = !type.IsGenericType
            ? null
            : type.GetGenericTypeDefinition() switch
            {
                var t when t == typeof(Task<>) => nameof(OfTaskAsync),
                var t when t == typeof(ValueTask<>) => nameof(OfValueTaskAsync),
                var t when t == typeof(IAsyncEnumerable<>) => nameof(OfStreamAsync),
                _ => null,
            };
        if (wait is null)
        {
            return new(type, annotation, IsAsync: false, AsItIs);
        }

        var value = type.GetGenericArguments()[0];
        var bound = typeof(AwaitedResult)
            .GetMethod(wait, BindingFlags.NonPublic | BindingFlags.Static)!
            .MakeGenericMethod(value)
            .CreateDelegate<Func<object?, CancellationToken, ValueTask<object?>>>();
        return wait == nameof(OfStreamAsync)
            ? new(typeof(List<>).MakeGenericType(value), annotation, IsAsync: true, bound)
            : new(value, annotation.GenericTypeArguments.ElementAtOrDefault(0), IsAsync: true, bound);
    }

    private static async ValueTask<object?> OfTask(object? task, CancellationToken cancellationToken)
    {
        await ((Task)task!).ConfigureAwait(false);
        return null;
    }

    private static async ValueTask<object?> OfValueTask(object? task, CancellationToken cancellationToken)
    {
        await ((ValueTask)task!).ConfigureAwait(false);
        return null;
    }

    private static async ValueTask<object?> OfTaskAsync<T>(object? task, CancellationToken cancellationToken) =>
        await ((Task<T>)task!).ConfigureAwait(false);

    private static async ValueTask<object?> OfValueTaskAsync<T>(object? task, CancellationToken cancellationToken) =>
        await ((ValueTask<T>)task!).ConfigureAwait(false);

    private static async ValueTask<object?> OfStreamAsync<T>(object? stream, CancellationToken cancellationToken)
    {
        var items = new List<T>();
        await foreach (var item in ((IAsyncEnumerable<T>)stream!).WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            items.Add(item);
        }

        return items;
    }
}
