using Monty.Interop.Dumps;
using Monty.Interop.TypeChecking;
using Monty.Interop.Workers;

namespace Monty.Interop.Sessions;

/// <summary>The parts of a pool that its sessions use.</summary>
/// <param name="Time">The clock of deadlines.</param>
/// <param name="Workers">Takes the session's worker back.</param>
/// <param name="Seals">Wraps the session's dumps.</param>
/// <param name="Checkers">Check the types of its feeds.</param>
internal sealed record SessionHome(TimeProvider Time, WorkerPool Workers, DumpSeals Seals, TypeCheckers Checkers);
