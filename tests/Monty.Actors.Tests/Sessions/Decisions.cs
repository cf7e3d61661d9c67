namespace Monty.Actors.Tests.Sessions;

/// <summary>
/// A sequence of choices from generated numbers, so that a failing run can be shrunk. After the last number, every choice is the first one.
/// </summary>
internal sealed class Decisions(int[] numbers)
{
    private int at;

    public bool AreLeft => at < numbers.Length;

    /// <summary>Returns a number from 0 to <paramref name="count"/> - 1.</summary>
    public int Below(int count) => AreLeft ? (int)((uint)numbers[at++] % (uint)count) : 0;

    public bool OneIn(int count) => Below(count) == count - 1;

    public T Of<T>(IReadOnlyList<T> items) => items[Below(items.Count)];
}
