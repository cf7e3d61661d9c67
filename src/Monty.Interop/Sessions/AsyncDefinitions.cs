using System.Text;
using Monty.Interop.Wire;

namespace Monty.Interop.Sessions;

/// <summary>A feed of the client's own that defines asynchronous functions, and what is sent with it.</summary>
/// <remarks>
/// Each is a coroutine function around a raw host function, so that nothing starts before its <c>await</c> and an exception is raised in the coroutine itself, where the child
/// of a gather can catch it (docs/concepts/wire.md, futures). What they use of the builtins is bound under names of its own, as scripts may bind <c>isinstance</c> anew.
/// </remarks>
/// <param name="names">The functions.</param>
/// <param name="isGuarded">True to leave a name alone that the script has bound itself.</param>
internal sealed class AsyncDefinitions(IReadOnlyList<string> names, bool isGuarded)
{
    private const string Prefix = "__monty_";

    /// <summary>The functions.</summary>
    public IReadOnlyList<string> Names => names;

    /// <summary>How many replies there are: one to each request.</summary>
    public int ReplyCount => 1 + AnswerCount;

    /// <summary>The requests.</summary>
    /// <remarks>
    /// A guarded definition reads the name first. Where the script has not bound it, the runtime asks for it: that is answered here, in the same write. Where it has, the answers
    /// that are left over meet an idle interpreter, which refuses them and stays as it is.
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
