using Monty.Interop.Dumps;
using Monty.Interop.TypeChecking;
using Monty.Interop.Workers;

namespace Monty.Interop.Sessions;

/// <summary>What a session needs of the pool that lent it a worker.</summary>
/// <param name="Time">The clock of deadlines.</param>
/// <param name="Return">Takes the worker back; false for one that must not be used again.</param>
/// <param name="SealAsync">What wraps and opens dumps.</param>
/// <param name="CheckAsync">Checks the types of a module over stubs.</param>
internal sealed record SessionHome(
    TimeProvider Time,
    Action<WorkerConnection, bool> Return,
    Func<CancellationToken, Task<DumpSeal>> SealAsync,
    Func<CheckedModule, string, CancellationToken, Task<TypeCheckReport>> CheckAsync
);
