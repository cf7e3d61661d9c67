using System.Globalization;
using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace Monty.Interop.Tests.Sessions;

/// <summary>The behavior of the host function in one call.</summary>
public enum CallFate
{
    /// <summary>Returns its value before it waits.</summary>
    Instant,

    /// <summary>Returns its value when the schedule says so.</summary>
    Deferred,

    /// <summary>Fails before it waits.</summary>
    FailsAtOnce,

    /// <summary>Fails when the schedule says so.</summary>
    FailsLater,

    /// <summary>Ends only when it is canceled.</summary>
    Never,
}

/// <summary>The shape of a program of awaited calls.</summary>
public abstract record FutureShape
{
    public sealed record Await(CallFate Fate) : FutureShape;

    public sealed record Unawaited(CallFate Fate) : FutureShape;

    public sealed record InOrder(IReadOnlyList<FutureShape> Parts) : FutureShape;

    public sealed record Guarded(FutureShape Body) : FutureShape;

    public sealed record InCoroutine(FutureShape Body) : FutureShape;

    public sealed record Gather(IReadOnlyList<FutureShape> Children) : FutureShape;
}

/// <summary>The expected end of a program, as far as the semantics of the runtime determine it.</summary>
/// <param name="Kind">The kind of end.</param>
/// <param name="Value">The repr of the value.</param>
/// <param name="Errors">The messages of which one must be the error.</param>
public sealed record ExpectedEnd(ExpectedKind Kind, string Value = "", IReadOnlySet<string>? Errors = null);

public enum ExpectedKind
{
    Value,
    Error,
    WaitsForEver,
}

/// <summary>A program with the behavior of each call, and the seed for the order in which the host functions end.</summary>
public sealed class FutureProgram
{
    private readonly StringBuilder functions = new();
    private readonly List<CallFate> fates = [];
    private int names;

    public FutureProgram(FutureShape shape, int schedule)
    {
        Shape = shape;
        Schedule = schedule;
        var main = new StringBuilder();
        var (value, end) = Build(shape, main, "");
        Source = $"import asyncio\n{functions}{main}{value}";
        Expected = end;
    }

    public FutureShape Shape { get; }

    public int Schedule { get; }

    public IReadOnlyList<CallFate> Fates => fates;

    public string Source { get; }

    public ExpectedEnd Expected { get; }

    public static Arbitrary<FutureProgram> Arbitrary { get; } =
        Arb.From(
            from shape in Gen.Sized(size => ShapeOf(Math.Min(4, 1 + (size / 15))))
            from schedule in Gen.Choose(0, int.MaxValue)
            select new FutureProgram(shape, schedule),
            program => Smaller(program.Shape).Select(shape => new FutureProgram(shape, program.Schedule))
        );

    public override string ToString() => $"schedule {Schedule}, calls [{string.Join(", ", Fates)}], expects {Expected}\n{Source}";

    private static Gen<FutureShape> ShapeOf(int depth)
    {
        var fate = Gen.Frequency(
            (3, Gen.Constant(CallFate.Instant)),
            (8, Gen.Constant(CallFate.Deferred)),
            (1, Gen.Constant(CallFate.FailsAtOnce)),
            (2, Gen.Constant(CallFate.FailsLater)),
            (1, Gen.Constant(CallFate.Never))
        );
        var call = Gen.Frequency(
            (6, fate.Select(f => (FutureShape)new FutureShape.Await(f))),
            (1, fate.Select(f => (FutureShape)new FutureShape.Unawaited(f)))
        );
        if (depth == 0)
        {
            return call;
        }

        var inner = ShapeOf(depth - 1);
        var several = Gen.Choose(1, 3).SelectMany(n => inner.ListOf(n));
        return Gen.Frequency(
            (2, call),
            (3, several.Select(parts => (FutureShape)new FutureShape.InOrder([.. parts]))),
            (4, several.Select(children => (FutureShape)new FutureShape.Gather([.. children]))),
            (3, inner.Select(body => (FutureShape)new FutureShape.Guarded(body))),
            (1, inner.Select(body => (FutureShape)new FutureShape.InCoroutine(body)))
        );
    }

    private static IEnumerable<FutureShape> Smaller(FutureShape shape) =>
        shape switch
        {
            FutureShape.InOrder x => [.. x.Parts, .. Without(x.Parts).Select(parts => new FutureShape.InOrder(parts))],
            FutureShape.Gather x => [.. x.Children, .. Without(x.Children).Select(children => new FutureShape.Gather(children))],
            FutureShape.Guarded x => [x.Body, .. Smaller(x.Body).Select(body => new FutureShape.Guarded(body))],
            FutureShape.InCoroutine x => [x.Body, .. Smaller(x.Body).Select(body => new FutureShape.InCoroutine(body))],
            _ => [],
        };

    private static IEnumerable<IReadOnlyList<FutureShape>> Without(IReadOnlyList<FutureShape> parts) =>
        parts.Count < 2
            ? []
            : Enumerable.Range(0, parts.Count).Select(left => (IReadOnlyList<FutureShape>)[.. parts.Where((_, at) => at != left)]);

    /// <summary>Appends the statements of a shape.</summary>
    /// <returns>The variable that holds the value, and the expected end.</returns>
    private (string Value, ExpectedEnd End) Build(FutureShape shape, StringBuilder into, string indent)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"r{names++}");
        switch (shape)
        {
            case FutureShape.Await x:
                var (awaited, end) = Call(x.Fate, awaited: true);
                into.Append(CultureInfo.InvariantCulture, $"{indent}{name} = await {awaited}\n{indent}print({name})\n");
                return (name, end);
            case FutureShape.Unawaited x:
                var (left, dropped) = Call(x.Fate, awaited: false);
                into.Append(CultureInfo.InvariantCulture, $"{indent}{left}\n{indent}{name} = None\n");
                return (name, dropped);
            case FutureShape.InOrder x:
                var parts = x.Parts.Select(part => Build(part, into, indent)).ToList();
                into.Append(CultureInfo.InvariantCulture, $"{indent}{name} = [{string.Join(", ", parts.Select(p => p.Value))}]\n");
                return (
                    name,
                    parts.Select(p => p.End).FirstOrDefault(e => e.Kind != ExpectedKind.Value) ?? ListOf(parts.Select(p => p.End))
                );
            case FutureShape.Guarded x:
                into.Append(CultureInfo.InvariantCulture, $"{indent}try:\n");
                var (tried, body) = Build(x.Body, into, indent + "    ");
                into.Append(
                    CultureInfo.InvariantCulture,
                    $"{indent}    {name} = {tried}\n{indent}except ValueError:\n{indent}    {name} = 'caught'\n"
                );
                return (name, body.Kind == ExpectedKind.Error ? new ExpectedEnd(ExpectedKind.Value, "'caught'") : body);
            case FutureShape.InCoroutine x:
                var (coroutine, inside) = Coroutine(x.Body);
                into.Append(CultureInfo.InvariantCulture, $"{indent}{name} = await {coroutine}()\n");
                return (name, inside);
            case FutureShape.Gather x:
                return (name, Gather(x.Children, into, indent, name));
            default:
                throw new NotSupportedException();
        }
    }

    private ExpectedEnd Gather(IReadOnlyList<FutureShape> children, StringBuilder into, string indent, string name)
    {
        var arguments = new List<string>();
        var ends = new List<ExpectedEnd>();
        foreach (var child in children)
        {
            if (child is FutureShape.Await { Fate: var fate })
            {
                var (call, end) = Call(fate, awaited: true);
                arguments.Add(call);
                ends.Add(end);
            }
            else
            {
                var (coroutine, end) = Coroutine(child);
                arguments.Add(coroutine + "()");
                ends.Add(end);
            }
        }

        into.Append(CultureInfo.InvariantCulture, $"{indent}{name} = await asyncio.gather({string.Join(", ", arguments)})\n");
        var errors = ends.Where(e => e.Kind == ExpectedKind.Error).SelectMany(e => e.Errors!).ToHashSet();
        if (errors.Count > 0)
        {
            return new ExpectedEnd(ExpectedKind.Error, Errors: errors);
        }

        return ends.Find(e => e.Kind == ExpectedKind.WaitsForEver) ?? ListOf(ends);
    }

    private (string Name, ExpectedEnd End) Coroutine(FutureShape body)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"c{names++}");
        var lines = new StringBuilder();
        var (value, end) = Build(body, lines, "    ");
        functions.Append(CultureInfo.InvariantCulture, $"async def {name}():\n{lines}    return {value}\n");
        return (name, end);
    }

    private (string Source, ExpectedEnd End) Call(CallFate fate, bool awaited)
    {
        var number = Fates.Count;
        fates.Add(fate);
        var error = new HashSet<string> { $"e{number}" };
        return (
            $"work({number})",
            fate switch
            {
                _ when !awaited => new ExpectedEnd(ExpectedKind.Value, "None"),
                CallFate.FailsAtOnce or CallFate.FailsLater => new ExpectedEnd(ExpectedKind.Error, Errors: error),
                CallFate.Never => new ExpectedEnd(ExpectedKind.WaitsForEver),
                _ => new ExpectedEnd(ExpectedKind.Value, $"'v{number}'"),
            }
        );
    }

    private static ExpectedEnd ListOf(IEnumerable<ExpectedEnd> ends) =>
        new(ExpectedKind.Value, $"[{string.Join(", ", ends.Select(e => e.Value))}]");
}
