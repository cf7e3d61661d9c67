using Monty.Host.Tests.Support;
using Shouldly;
using Xunit;

namespace Monty.Host.Tests.Run;

public sealed class SampleTests
{
    [Fact]
    public async Task The_trip_planner_prints_the_same_plan_in_every_run()
    {
        var first = await HostProcess.RunAsync("samples/trip_planner.py");
        var second = await HostProcess.RunAsync("samples/trip_planner.py", "--type-check");

        first.ErrorWithoutCalls.ShouldBeEmpty();
        first.Output.ShouldBe(Golden.Read("trip_planner"));
        second.Output.ShouldBe(first.Output);
        second.ExitCode.ShouldBe(0);
        first.Calls.Count.ShouldBe(17);
        first.Calls.Order().ShouldBe(second.Calls.Order());
    }
}
