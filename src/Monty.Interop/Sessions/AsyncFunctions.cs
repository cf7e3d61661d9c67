using Monty.Interop.Wire;

namespace Monty.Interop.Sessions;

/// <summary>The asynchronous functions of one session: each is defined in its interpreter once, before the first code that can call it.</summary>
/// <remarks>
/// Only names that code refers to are defined, as a definition costs the interpreter 10 µs and its dumps 500 bytes. A function may refer to a name that is offered in a later
/// feed only, so the words of feeds with functions in them are remembered.
/// </remarks>
internal sealed class AsyncFunctions
{
    private readonly HashSet<string> settled = new(StringComparer.Ordinal);
    private readonly HashSet<string> deferred = new(StringComparer.Ordinal);

    /// <summary>The definitions that must come before this code.</summary>
    /// <param name="code">Python source.</param>
    /// <param name="offered">The names of the asynchronous functions that the code may call.</param>
    /// <param name="isFresh">True when no code has run in the session, so that it has bound none of the names itself.</param>
    /// <returns>The definitions; null where there is nothing to define.</returns>
    public AsyncDefinitions? Choose(string code, HashSet<string> offered, bool isFresh)
    {
        if (offered.Count == 0 || code.Length == 0)
        {
            return null;
        }

        var chosen = new SortedSet<string>(deferred.Where(offered.Contains), StringComparer.Ordinal);
        var names = offered.GetAlternateLookup<ReadOnlySpan<char>>();
        foreach (var word in SourceWords.In(code))
        {
            if (names.TryGetValue(word, out var name) && !settled.Contains(name))
            {
                chosen.Add(name);
            }
        }

        return chosen.Count == 0 ? null : new AsyncDefinitions([.. chosen], isGuarded: !isFresh);
    }

    /// <summary>Takes note of names that are bound now.</summary>
    public void Settle(IReadOnlyCollection<string> names)
    {
        settled.UnionWith(names);
        deferred.ExceptWith(names);
    }

    /// <summary>Takes note of code that runs: its functions may be called in later feeds.</summary>
    public void Observe(string code)
    {
        if (!code.Contains("def", StringComparison.Ordinal) && !code.Contains("lambda", StringComparison.Ordinal))
        {
            return;
        }

        var known = deferred.GetAlternateLookup<ReadOnlySpan<char>>();
        foreach (var word in SourceWords.In(code))
        {
            if (!known.Contains(word) && word.ToString() is var name && !settled.Contains(name) && RuntimeNames.CanBeGlobal(name))
            {
                deferred.Add(name);
            }
        }
    }

    public void SaveTo(DumpEnvelope dump)
    {
        dump.AsyncFunctions.AddRange(settled.Order(StringComparer.Ordinal));
        dump.DeferredNames.AddRange(deferred.Order(StringComparer.Ordinal));
    }

    public void Restore(DumpEnvelope dump)
    {
        settled.UnionWith(dump.AsyncFunctions);
        deferred.UnionWith(dump.DeferredNames);
    }

    public void Clear()
    {
        settled.Clear();
        deferred.Clear();
    }
}
