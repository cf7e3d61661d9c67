namespace Monty.Actors.Turns;

/// <summary>Thrown when the worker that held an interpreter died before it was dumped. The history holds the turns since the last dump.</summary>
internal sealed class InterpreterLostException() : Exception("The worker that held the interpreter died before it was dumped.");
