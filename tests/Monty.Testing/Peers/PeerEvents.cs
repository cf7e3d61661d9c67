using Monty.Interop.Wire;

namespace Monty.Testing;

/// <summary>Events that are used in many scripts.</summary>
internal static class PeerEvents
{
    public static ChildEvent Ok { get; } = new() { Ok = new Unit() };

    public static ChildEvent CompleteNone { get; } =
        new() { Complete = new Complete { Value = new MontyObject { NoneValue = new Unit() } } };

    public static ChildEvent Print(string text) =>
        new()
        {
            Print = new Print { Stream = 1, Text = text },
        };

    public static ChildEvent Fatal(string message) => new() { FatalError = new FatalError { Message = message } };

    public static ChildEvent Call(string name, uint callId) =>
        new()
        {
            FunctionCall = new FunctionCall { FunctionName = name, CallId = callId },
        };

    public static ChildEvent Lookup(string name) => new() { NameLookup = new NameLookup { Name = name } };
}
