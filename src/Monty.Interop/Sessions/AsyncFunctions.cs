using Monty.Interop.Wire;

namespace Monty.Interop.Sessions;

/// <summary>The asynchronous functions of one session. Each is defined in the interpreter once, before the first code that can call it.</summary>
/// <remarks>
/// Only names that occur in the code are defined, because a definition costs 10 µs, and 500 bytes in each dump. A function in the script may refer to an asynchronous function
/// that only a later feed offers. Therefore the words of all feeds that define functions are remembered.
/// </remarks>
internal sealed class AsyncFunctions
{
    private readonly HashSet<string> settled = new(StringComparer.Ordinal);
    private readonly HashSet<string> deferred = new(StringComparer.Ordinal);

    /// <summary>Returns the definitions that must run before this code.</summary>
    /// <param name="code">Python source.</param>
    /// <param name="offered">The names of the asynchronous functions that the code may call.</param>
    /// <param name="isFresh">True when no code has run in the session yet, so that the script cannot have assigned any of the names.</param>
    /// <returns>The definitions, or null when there is nothing to define.</returns>
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

    /// <summary>Records names that are now defined, or that the script has assigned.</summary>
    public void Settle(IReadOnlyCollection<string> names)
    {
        settled.UnionWith(names);
        deferred.ExceptWith(names);
    }

    /// <summary>Records the words of code that runs, if it defines functions that later feeds may call.</summary>
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
        if (settled.Count > 0)
        {
            dump.AsyncFunctions.AddRange(settled.Order(StringComparer.Ordinal));
        }

        if (deferred.Count > 0)
        {
            dump.DeferredNames.AddRange(deferred.Order(StringComparer.Ordinal));
        }
    }

    public void Restore(DumpEnvelope dump)
    {
        if (dump.AsyncFunctions.Count > 0)
        {
            settled.UnionWith(dump.AsyncFunctions);
        }

        if (dump.DeferredNames.Count > 0)
        {
            deferred.UnionWith(dump.DeferredNames);
        }
    }

    public void Clear()
    {
        settled.Clear();
        deferred.Clear();
    }
}
