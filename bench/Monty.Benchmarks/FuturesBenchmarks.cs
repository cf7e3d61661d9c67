using BenchmarkDotNet.Attributes;
using Monty.Interop;
using Monty.Interop.Wire;

namespace Monty.Benchmarks;

/// <summary>Answers to many awaited calls at once: a hundred times as many take a hundred times as long, and not ten thousand times.</summary>
public class FuturesBenchmarks
{
    private MontyResolveFutures waiting = null!;
    private MontyAnswer answer = null!;

    /// <summary>How many calls are waited for, and answered.</summary>
    [Params(1_000, 100_000)]
    public int Calls { get; set; }

    /// <summary>Makes the suspension and the answer.</summary>
    [GlobalSetup]
    public void SetUp()
    {
        var ids = Enumerable.Range(0, Calls).Select(id => (uint)id).ToList();
        waiting = new MontyResolveFutures(ids.ToEquatableArray());
        answer = MontyAnswer.Resolve(ids.ToDictionary(id => id, _ => MontyAnswer.Return(1)));
    }

    /// <summary>Answer to request.</summary>
    [Benchmark]
    public object Answer() => AnswerEncoder.Encode(waiting, answer);
}
