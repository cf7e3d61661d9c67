using Monty.Host.Ladder.Fixtures;
using Monty.Host.Ladder.Paths;
using Monty.Host.Ladder.Runs;
using Shouldly;
using Xunit;

namespace Monty.Host.Tests.Ladder;

/// <summary>The ladder on the real runtime, and what the path does when a worker fails.</summary>
public sealed class InteropPathTests
{
    [Fact]
    public async Task Every_fixture_holds()
    {
        using var path = new InteropPath();
        var run = new FixtureRun(path, TimeProvider.System);
        var wrong = new List<string>();
        foreach (var fixture in FixtureFolder.Load(Rungs.Folder))
        {
            var result = await run.RunAsync(fixture, CancellationToken.None);
            var wanted = fixture.Xfail is null ? FixtureStatus.Passed : FixtureStatus.ExpectedFailure;
            if (result.Status != wanted)
            {
                wrong.Add($"{fixture.Id} {fixture.Name}: {result.Status}, {string.Join("; ", result.Problems)}");
            }
        }

        wrong.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_worker_that_dies_fails_its_fixture_and_not_the_next()
    {
        using var path = new InteropPath();
        var run = new FixtureRun(path, TimeProvider.System);
        var deadly = Rungs.Read(
            """{"code": "x = []\nfor _ in range(90000):\n    x = [x]\nrepr(x)", "limits": {"maxRecursionDepth": 100000}}"""
        );

        var dead = await run.RunAsync(deadly, CancellationToken.None);
        var next = await run.RunAsync(Rungs.Read("""{"code": "1 + 1", "expected": 2}"""), CancellationToken.None);

        dead.Status.ShouldBe(FixtureStatus.Failed);
        dead.Problems.ShouldHaveSingleItem().ShouldStartWith("the path interop failed: ");
        next.Status.ShouldBe(FixtureStatus.Passed);
    }

    [Fact]
    public async Task A_snapshot_goes_on_in_another_worker()
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
    public async Task An_input_that_cannot_cross_fails_the_fixture()
    {
        var result = await Rungs.RunAsync("""{"code": "1", "inputs": {"not a name": 1}}""");

        result.Status.ShouldBe(FixtureStatus.Failed);
        result.Problems.ShouldHaveSingleItem().ShouldContain("not a name");
    }
}
