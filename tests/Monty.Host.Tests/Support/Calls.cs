using Monty.Interop;

namespace Monty.Host.Tests.Support;

/// <summary>Creates function calls like those of a script.</summary>
internal static class Calls
{
    public static MontyFunctionCall Create(string name, params MontyValue[] arguments) => new(name, arguments.ToEquatableArray(), [], 0);

    public static MontyFunctionCall With(this MontyFunctionCall call, string keyword, MontyValue value) =>
        call with
        {
            Keywords = call.Keywords.Append(new KeyValuePair<string, MontyValue>(keyword, value)).ToEquatableArray(),
        };
}
