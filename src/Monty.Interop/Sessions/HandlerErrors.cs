using Monty.Interop.HostObjects;

namespace Monty.Interop.Sessions;

/// <summary>Turns an exception of the host's code into the one that the script sees, and tells the host about it.</summary>
/// <remarks>The text of a C# exception may hold a password, a path or a host's name, so the script gets the nearest Python type and which tool failed.</remarks>
/// <param name="feed">Says who is told, and whether the script sees more.</param>
/// <param name="objects">Knows the classes by their ids.</param>
internal sealed class HandlerErrors(FeedOptions feed, LentObjects objects)
{
    /// <summary>The answer for a suspension whose handler threw. A handler that was cancelled with its feed did nothing wrong.</summary>
    public MontyAnswer Answer(MontySuspension suspension, Exception exception, CancellationToken feedEnd)
    {
        if (exception is PythonException intended)
        {
            return MontyAnswer.Raise(intended.Error);
        }

        if (!(exception is OperationCanceledException && feedEnd.IsCancellationRequested))
        {
            Report(suspension, exception);
        }

        var message = Describe(suspension);
        return MontyAnswer.Raise(
            PythonException.TypeFor(exception),
            feed.ShowHandlerErrors ? $"{message}: {exception.GetType().Name}: {exception.Message}" : message
        );
    }

    /// <summary>Tells the host what went wrong in its code.</summary>
    public void Report(MontySuspension suspension, Exception exception)
    {
        MontyTelemetry.CountHandlerError(suspension, exception);
        feed.OnHandlerError?.Invoke(suspension, exception);
    }

    private string Describe(MontySuspension suspension) =>
        suspension switch
        {
            MontyFunctionCall { Name: "__call__", ObjectId: { } id } when objects.ClassOf(id) is { } made =>
                $"the constructor of '{made.Name}' failed",
            MontyFunctionCall { ObjectId: not null } call => $"the method '{call.Name}' failed",
            MontyFunctionCall call => BoundMethod.TryParse(call.Name, out _, out var method)
                ? $"the method '{method}' failed"
                : $"the tool '{call.Name}' failed",
            MontyNameLookup { ObjectId: not null } lookup => $"the attribute '{lookup.Name}' failed",
            MontyNameLookup lookup => $"the name '{lookup.Name}' could not be read",
            _ => "the OS call failed",
        };
}
