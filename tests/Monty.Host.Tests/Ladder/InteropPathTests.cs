using Monty.Host.Ladder.Fixtures;
using Monty.Host.Ladder.Paths;
using Monty.Host.Ladder.Runs;
using Shouldly;
using Xunit;

namespace Monty.Host.Tests.Ladder;

/// <summary>The ladder on the real runtime, and the behavior of the path when a worker fails.</summary>
public sealed class InteropPathTests
{
    [Fact]
    public async Task Every_fixture_passes_or_is_a_known_gap()
    {
        using var path = new InteropPath();
        var run = new FixtureRun(path, TimeProvider.System);
        var unexpected = new List<string>();
        foreach (var fixture in FixtureFolder.Load(TestFixtures.Folder))
        {
            var result = await run.RunAsync(fixture, CancellationToken.None);
            var expected = fixture.Xfail is null ? FixtureStatus.Passed : FixtureStatus.ExpectedFailure;
            if (result.Status != expected)
            {
                unexpected.Add($"{fixture.Id} {fixture.Name}: {result.Status}, {string.Join("; ", result.Problems)}");
            }
        }

        unexpected.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_worker_that_dies_fails_only_its_own_fixture()
    {
        using var path = new InteropPath();
        var run = new FixtureRun(path, TimeProvider.System);
        var crashing = TestFixtures.Read(
            """{"code": "x = []\nfor _ in range(90000):\n    x = [x]\nrepr(x)", "limits": {"maxRecursionDepth": 100000}}"""
        );

        var crashed = await run.RunAsync(crashing, CancellationToken.None);
        var next = await run.RunAsync(TestFixtures.Read("""{"code": "1 + 1", "expected": 2}"""), CancellationToken.None);

        crashed.Status.ShouldBe(FixtureStatus.Failed);
        crashed.Problems.ShouldHaveSingleItem().ShouldStartWith("the path interop failed: ");
        next.Status.ShouldBe(FixtureStatus.Passed);
    }

    [Fact]
    public async Task A_snapshot_continues_in_another_worker()
    {
        using var path = new InteropPath();
        var session = await path.OpenAsync(new LadderSetup("a.py", Monty.Interop.MontyLimits.Default), CancellationToken.None);
        await using (session)
        {
            await session.FeedAsync(
                new LadderFeed("x = 41", new Dictionary<string, Monty.Interop.MontyValue>(), null),
                CancellationToken.None
            );
            await session.SnapshotAsync(CancellationToken.None);

            var turn = await session.FeedAsync(
                new LadderFeed("x + 1", new Dictionary<string, Monty.Interop.MontyValue>(), null),
                CancellationToken.None
            );

            turn.Progress.ShouldBeOfType<Monty.Interop.MontyComplete>().Value.ShouldBe(42);
        }
    }

    [Fact]
    public async Task An_input_with_an_invalid_name_fails_the_fixture()
    {
        var result = await TestFixtures.RunAsync("""{"code": "1", "inputs": {"not a name": 1}}""");

        result.Status.ShouldBe(FixtureStatus.Failed);
        result.Problems.ShouldHaveSingleItem().ShouldContain("not a name");
    }
}
