using Monty.Interop.Wire;

namespace Monty.Interop.TypeChecking;

/// <summary>What the type checks of a session build on: its stubs and the sources of its earlier feeds.</summary>
internal sealed class TypeCheckHistory
{
    private const int MostCharacters = 64 * 1024;
    private readonly List<CheckedPart> parts = [];
    private CheckedFeed? running;

    public TypeCheckHistory(SessionTypeCheck options) => Options = options;

    /// <summary>The history that a dump carries.</summary>
    /// <param name="state">What was saved.</param>
    /// <param name="options">The options given at the load, which win over those of the dump; null for none.</param>
    public TypeCheckHistory(TypeCheckState state, SessionTypeCheck? options)
    {
        Options =
            options
            ?? new SessionTypeCheck
            {
                Stubs = state.Stubs.Length == 0 ? null : state.Stubs,
                OnlyOnDemand = state.OnlyOnDemand,
                ErrorRules = state.HasErrorRules ? state.ErrorRules.ToHashSet(StringComparer.Ordinal) : null,
            };
        parts.AddRange(state.Feeds.Select(f => new CheckedPart(f)));
        running = state.Running;
    }

    public SessionTypeCheck Options { get; }

    /// <summary>The names that are bound, as far as the sources tell.</summary>
    public IReadOnlyList<string> GlobalNames =>
        [.. parts.SelectMany(p => p.Names).Where(RuntimeNames.IsIdentifier).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    /// <summary>Starts what a session remembers, or nothing for one without type checks.</summary>
    public static TypeCheckHistory? Create(SessionTypeCheck? options, TypeCheckState? saved) =>
        saved is not null ? new TypeCheckHistory(saved, options)
        : options is not null ? new TypeCheckHistory(options)
        : null;

    /// <summary>A piece of code over what is remembered.</summary>
    public CheckedModule CreateModule(string code, string scriptName, FeedOptions feed) => new(code, scriptName, NamesOf(feed), parts);

    public string StubsFor(FeedOptions feed) => ToolDeclarations.AddMissing(Options.Stubs ?? "", feed.Tools);

    /// <summary>Notes a feed that is sent.</summary>
    public void BeginFeed(string code, string scriptName, FeedOptions feed)
    {
        if (code.Length == 0)
        {
            return; // the runtime does not even bind its inputs
        }

        running = new CheckedFeed { ScriptName = scriptName, Code = code };
        running.Names.AddRange(NamesOf(feed));
    }

    /// <summary>Forgets the feed that was noted last: it did not run.</summary>
    public void WithdrawFeed() => running = null;

    /// <summary>Remembers the feed that ended: all of one that completed; of one that failed the statements before that which raised.</summary>
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

        // What else it binds is taken for anything: it is not known how far it came.
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

        return state;
    }

    /// <summary>The names that the stubs declare.</summary>
    private IReadOnlySet<string> Declared => field ??= DeclaredNames.In(Options.Stubs);

    private static DeclaredName AnyNamed(string name) => new() { Name = name, Type = DeclaredNames.Anything };

    /// <summary>What the host binds: its inputs in any case, its names where the script has none of its own.</summary>
    private List<DeclaredName> NamesOf(FeedOptions feed)
    {
        var bound = parts.SelectMany(p => p.Names).ToHashSet(StringComparer.Ordinal);
        return
        [
            .. DeclaredNames.From(feed.Names, Declared).Where(n => feed.Inputs?.ContainsKey(n.Name) != true && !bound.Contains(n.Name)),
            .. DeclaredNames.From(feed.Inputs, Declared),
            .. (feed.HostObjects?.Keys ?? []).Where(name => RuntimeNames.IsIdentifier(name) && !Declared.Contains(name)).Select(AnyNamed),
        ];
    }

    private void Add(CheckedFeed feed)
    {
        var added = new CheckedPart(feed);
        parts.Add(added);
        DropSuperseded();
        if (parts.Sum(p => p.Size) > MostCharacters)
        {
            ForgetSources();
        }
    }

    /// <summary>Drops the feeds that bind nothing, or nothing that no later feed binds again.</summary>
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

    /// <summary>Keeps of the older half only the names.</summary>
    private void ForgetSources()
    {
        var room = MostCharacters / 2;
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
