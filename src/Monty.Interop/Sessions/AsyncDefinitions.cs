using System.Text;
using Monty.Interop.Wire;

namespace Monty.Interop.Sessions;

/// <summary>A feed that the client itself runs to define asynchronous functions in the interpreter.</summary>
/// <remarks>
/// Each function is a coroutine function that calls a raw host function. So nothing starts before the <c>await</c>, and an exception is raised in the coroutine itself, where a
/// task in a gather can catch it (docs/concepts/wire.md, futures). The builtins that the functions use are bound to names of their own, because a script may assign <c>isinstance</c>.
/// </remarks>
/// <param name="names">The names of the functions.</param>
/// <param name="isGuarded">True to keep the value of a name that the script has assigned itself.</param>
internal sealed class AsyncDefinitions(IReadOnlyList<string> names, bool isGuarded)
{
    private const string Prefix = "__monty_";

    /// <summary>The names of the functions.</summary>
    public IReadOnlyList<string> Names => names;

    /// <summary>The number of replies, one for each request.</summary>
    public int ReplyCount => 1 + AnswerCount;

    /// <summary>The requests to send, in order.</summary>
    /// <remarks>
    /// A guarded definition reads the name first. When the script has not assigned the name, the runtime asks the host for it; these requests contain the answer, so that no
    /// second write is needed. When the script has assigned the name, the interpreter is already idle when the answer arrives, and refuses it without any effect.
    /// </remarks>
    public IEnumerable<ParentRequest> Requests
    {
        get
        {
            yield return new ParentRequest { Feed = EncodeFeed() };
            for (var answers = AnswerCount; answers > 0; answers--)
            {
                yield return new ParentRequest { ResumeNameLookup = new ResumeNameLookup { Undefined = new Unit() } };
            }
        }
    }

    private int AnswerCount => isGuarded ? names.Count : 0;

    private Feed EncodeFeed()
    {
        var code = new StringBuilder();
        var feed = new Feed
        {
            Inputs =
            {
                new NamedValue
                {
                    Name = Prefix + "isinstance",
                    Value = new MontyObject { BuiltinFunction = "isinstance" },
                },
                new NamedValue
                {
                    Name = Prefix + "tuple",
                    Value = new MontyObject
                    {
                        Type = new Wire.Type { Name = "tuple", Origin = (uint)MontyTypeOrigin.Builtin },
                    },
                },
            },
        };
        foreach (var name in names)
        {
            code.Append(isGuarded ? Guard(name) : Define(name, ""));
            feed.Inputs.Add(
                new NamedValue
                {
                    Name = RawName(name),
                    Value = new MontyObject { Function = new Function { Name = AsyncCalls.MarkName(name) } },
                }
            );
        }

        feed.Code = code.ToString();
        return feed;
    }

    private static string RawName(string name) => $"{Prefix}async_{name}";

    private static string Guard(string name) => $"try:\n  {name}\nexcept:\n{Define(name, "  ")}";

    private static string Define(string name, string indent) =>
        $"""
            {indent}async def {name}(*args, **kwargs):
            {indent}  outcome = {RawName(name)}(*args, **kwargs)
            {indent}  if not {Prefix}isinstance(outcome, {Prefix}tuple): outcome = await outcome
            {indent}  is_value, outcome = outcome
            {indent}  if is_value: return outcome
            {indent}  raise outcome

            """;
}
