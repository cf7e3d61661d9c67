using Monty.Interop.Dumps;
using Monty.Interop.TypeChecking;
using Monty.Interop.Workers;

namespace Monty.Interop.Sessions;

/// <summary>The parts of a pool that its sessions use.</summary>
/// <param name="Time">The clock of timeouts.</param>
/// <param name="Workers">The pool to which the session's worker returns.</param>
/// <param name="Seals">The wrapper of the session's dumps.</param>
/// <param name="Checkers">The type checkers for the feeds of the session.</param>
internal sealed record SessionHome(TimeProvider Time, WorkerPool Workers, DumpSeals Seals, TypeCheckers Checkers);
