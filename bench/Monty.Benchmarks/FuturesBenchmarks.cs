using BenchmarkDotNet.Attributes;
using Monty.Interop;
using Monty.Interop.Wire;

namespace Monty.Benchmarks;

/// <summary>Measures answering many awaited calls at once. The time should be linear in the number of calls.</summary>
public class FuturesBenchmarks
{
    private MontyResolveFutures waiting = null!;
    private MontyAnswer answer = null!;

    /// <summary>The number of calls that are awaited and answered.</summary>
    [Params(1_000, 100_000)]
    public int Calls { get; set; }

    /// <summary>Creates the suspension and the answer.</summary>
    [GlobalSetup]
    public void SetUp()
    {
        var ids = Enumerable.Range(0, Calls).Select(id => (uint)id).ToList();
        waiting = new MontyResolveFutures(ids.ToEquatableArray());
        answer = MontyAnswer.Resolve(ids.ToDictionary(id => id, _ => MontyAnswer.Return(1)));
    }

    /// <summary>Encodes the answer as a request.</summary>
    [Benchmark]
    public object Answer() => AnswerEncoder.Encode(waiting, answer);
}
