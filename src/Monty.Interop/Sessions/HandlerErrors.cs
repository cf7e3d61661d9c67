using Monty.Interop.HostObjects;

namespace Monty.Interop.Sessions;

/// <summary>Converts exceptions of the host's code to the exceptions that the script sees, and reports them to the host.</summary>
/// <remarks>The text of a C# exception may contain a password, a path or a host name. So the script gets only the nearest Python type and the name of the tool that failed.</remarks>
/// <param name="feed">The options with the callback of the host.</param>
/// <param name="objects">The lent objects, which know their classes by id.</param>
internal sealed class HandlerErrors(FeedOptions feed, LentObjects objects)
{
    /// <summary>Returns the answer for a suspension whose handler threw an exception. The cancellation of a handler at the end of its feed is not reported.</summary>
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

    /// <summary>Reports an exception of the host's code to the host.</summary>
    public void Report(MontySuspension suspension, Exception exception)
    {
        MontyTelemetry.CountHandlerError(suspension, exception);
        feed.OnHandlerError?.Invoke(suspension, exception);
    }

    private string Describe(MontySuspension suspension) =>
        suspension switch
        {
            MontyFunctionCall { Name: "__call__", ObjectId: { } id } when objects.FindClass(id) is { } made =>
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
