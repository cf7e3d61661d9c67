using Monty.Interop;

namespace Monty.Host.Tests.Support;

/// <summary>Calls as a script would make them.</summary>
internal static class Calls
{
    public static MontyFunctionCall Of(string name, params MontyValue[] arguments) => new(name, arguments.ToEquatableArray(), [], 0);

    public static MontyFunctionCall With(this MontyFunctionCall call, string keyword, MontyValue value) =>
        call with
        {
            Keywords = call.Keywords.Append(new KeyValuePair<string, MontyValue>(keyword, value)).ToEquatableArray(),
        };
}
