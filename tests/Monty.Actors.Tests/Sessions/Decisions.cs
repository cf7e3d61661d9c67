namespace Monty.Actors.Tests.Sessions;

/// <summary>Choices read one after the other from generated numbers, so that a failing run shrinks; once they are used up every choice is the first.</summary>
internal sealed class Decisions(int[] numbers)
{
    private int at;

    public bool AreLeft => at < numbers.Length;

    /// <summary>A number from 0 below <paramref name="count"/>.</summary>
    public int Below(int count) => AreLeft ? (int)((uint)numbers[at++] % (uint)count) : 0;

    public bool OneIn(int count) => Below(count) == count - 1;

    public T Of<T>(IReadOnlyList<T> items) => items[Below(items.Count)];
}
