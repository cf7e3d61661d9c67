using Monty.Interop.Wire;

namespace Monty.Interop.TypeChecking;

/// <summary>The stubs of a session, and the sources of its earlier feeds, which its type checks build on.</summary>
internal sealed class TypeCheckHistory
{
    private const int MaxCharacters = 64 * 1024;
    private readonly List<CheckedPart> parts = [];
    private readonly long? maxMemoryBytes;
    private CheckedFeed? running;

    private TypeCheckHistory(SessionTypeCheck options, long? maxMemoryBytes)
    {
        Options = options;
        this.maxMemoryBytes = maxMemoryBytes;
    }

    public SessionTypeCheck Options { get; }

    /// <summary>The names that are bound, as far as the sources show.</summary>
    public IReadOnlyList<string> GlobalNames =>
        [.. parts.SelectMany(p => p.Names).Where(RuntimeNames.IsIdentifier).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    /// <summary>Creates the history of a new session, or the one that a dump carries.</summary>
    /// <param name="session">The options of the session. Its type check, if there is one, replaces the dump's.</param>
    /// <param name="saved">The dump's history, or null.</param>
    /// <returns>Null for a session without type checks.</returns>
    public static TypeCheckHistory? Create(SessionOptions session, TypeCheckState? saved)
    {
        if (saved is null)
        {
            return session.TypeCheck is { } own ? new TypeCheckHistory(own, session.Limits.MaxMemoryBytes) : null;
        }

        var options =
            session.TypeCheck
            ?? new SessionTypeCheck
            {
                Stubs = saved.Stubs.Length == 0 ? null : saved.Stubs,
                OnlyOnDemand = saved.OnlyOnDemand,
                ErrorRules = saved.HasErrorRules ? saved.ErrorRules.ToHashSet(StringComparer.Ordinal) : null,
            };
        var history = new TypeCheckHistory(options, saved.HasMaxMemoryBytes ? saved.MaxMemoryBytes : session.Limits.MaxMemoryBytes)
        {
            running = saved.Running,
        };
        history.parts.AddRange(saved.Feeds.Select(f => new CheckedPart(f)));
        return history;
    }

    /// <summary>Forgets every feed.</summary>
    public void Clear()
    {
        parts.Clear();
        running = null;
    }

    /// <summary>Creates the request to check a piece of code against the remembered feeds.</summary>
    /// <param name="code">Python source.</param>
    /// <param name="scriptName">Its name in the findings.</param>
    /// <param name="feed">The inputs, names and tools that the code runs with.</param>
    /// <param name="limits">The limits of a check in this pool.</param>
    /// <param name="timeout">The timeout of a turn of the session, or null for none.</param>
    public TypeCheckRequest CreateRequest(string code, string scriptName, FeedOptions feed, TypeCheckLimits limits, TimeSpan? timeout) =>
        new(code, scriptName)
        {
            Names = NamesOf(feed),
            Earlier = parts,
            Stubs = ToolDeclarations.AddMissing(Options.Stubs ?? "", feed.Tools),
            Caller = Options.Caller,
            Limits = limits.LoweredTo(timeout, maxMemoryBytes),
        };

    /// <summary>Records a feed that is sent.</summary>
    public void BeginFeed(string code, string scriptName, FeedOptions feed)
    {
        if (code.Length == 0)
        {
            return; // the runtime does not even bind its inputs
        }

        running = new CheckedFeed { ScriptName = scriptName, Code = code };
        running.Names.AddRange(NamesOf(feed));
    }

    /// <summary>Forgets the feed that was recorded last, because it did not run.</summary>
    public void WithdrawFeed() => running = null;

    /// <summary>Remembers the feed that ended. Of a feed that failed, only the statements that completed are remembered.</summary>
    public void EndFeed(MontyProgress end)
    {
        if (running is not { } feed)
        {
            return;
        }

        running = null;
        if (end is MontyComplete)
        {
            Add(feed);
            return;
        }

        if (end is MontyFailed { Error.Frames: [{ FunctionName: null }] })
        {
            return; // it could not be parsed, so nothing ran
        }

        var all = ModuleSource.Read(feed.Code);
        feed.Code = end is MontyFailed { Error.Frames: [{ FunctionName: "<module>" } frame, ..] } ? all.Before(frame.Start.Line) : "";
        Add(feed);

        // The other names that it binds may have any type, because it is not known how far the feed ran.
        var ran = new CheckedPart(feed);
        var rest = new CheckedFeed { ScriptName = feed.ScriptName };
        rest.Names.AddRange(all.BoundNames.Where(n => !ran.Binds(n)).Select(AnyNamed));
        Add(rest);
    }

    public TypeCheckState Save()
    {
        var state = new TypeCheckState { Stubs = Options.Stubs ?? "", OnlyOnDemand = Options.OnlyOnDemand };
        if (Options.ErrorRules is { } rules)
        {
            state.HasErrorRules = true;
            state.ErrorRules.AddRange(rules.Order(StringComparer.Ordinal));
        }

        state.Feeds.AddRange(parts.Select(p => p.Feed));
        if (running is not null)
        {
            state.Running = running;
        }

        if (maxMemoryBytes is { } memory)
        {
            state.MaxMemoryBytes = memory;
        }

        return state;
    }

    /// <summary>The names that the stubs declare.</summary>
    private IReadOnlySet<string> Stubbed => field ??= DeclaredNames.In(Options.Stubs ?? "");

    private static DeclaredName AnyNamed(string name) => new() { Name = name, Type = DeclaredNames.Anything };

    /// <summary>The names that the host binds: all inputs, and those of its names that the script has not bound itself.</summary>
    private List<DeclaredName> NamesOf(FeedOptions feed)
    {
        if (feed.Names is null && feed.Inputs is null && feed.HostObjects is null)
        {
            return [];
        }

        var bound = parts.SelectMany(p => p.Names).ToHashSet(StringComparer.Ordinal);
        return
        [
            .. DeclaredNames.From(feed.Names, Stubbed).Where(n => feed.Inputs?.ContainsKey(n.Name) != true && !bound.Contains(n.Name)),
            .. DeclaredNames.From(feed.Inputs, Stubbed),
            .. (feed.HostObjects?.Keys ?? []).Where(name => RuntimeNames.IsIdentifier(name) && !Stubbed.Contains(name)).Select(AnyNamed),
        ];
    }

    private void Add(CheckedFeed feed)
    {
        var added = new CheckedPart(feed);
        parts.Add(added);
        DropSuperseded();
        if (parts.Sum(p => p.Size) > MaxCharacters)
        {
            ForgetSources();
        }
    }

    /// <summary>Drops the feeds whose names were all bound again by later feeds, or that bind none.</summary>
    private void DropSuperseded()
    {
        var later = new HashSet<string>(StringComparer.Ordinal);
        for (var index = parts.Count - 1; index >= 0; index--)
        {
            var names = parts[index].Names.ToList();
            if (later.IsSupersetOf(names))
            {
                parts.RemoveAt(index);
            }
            else
            {
                later.UnionWith(names);
            }
        }
    }

    /// <summary>Replaces the older half by its names.</summary>
    private void ForgetSources()
    {
        var room = MaxCharacters / 2;
        var kept = parts.Count;
        while (kept > 0 && (room -= parts[kept - 1].Size) >= 0)
        {
            kept--;
        }

        var rest = new CheckedFeed { ScriptName = parts[0].Feed.ScriptName };
        rest.Names.AddRange(parts.Take(kept).SelectMany(p => p.Names).Distinct(StringComparer.Ordinal).Select(AnyNamed));
        parts.RemoveRange(0, kept);
        parts.Insert(0, new CheckedPart(rest));
    }
}
