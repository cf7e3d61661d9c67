using Monty.Interop;
using Monty.Testing.Stores;
using Shouldly;
using Xunit;

namespace Monty.Actors.Tests;

public sealed class SessionSummaryTests
{
    [Fact]
    public void Labels_and_tool_names_have_limits_and_no_duplicates()
    {
        foreach (var tag in (string[])["", "a\0b", "\ud800", "\udc00a", new('x', 129)])
        {
            Refused(Changes.Summary(labels: [tag]), "labels");
            Refused(Changes.Summary(waitingOn: [tag]), "tools waited on");
        }

        Refused(Changes.Summary(labels: ["x", "x"]), "twice");
        Refused(Changes.Summary(labels: Numbers(65)), "64");
        Refused(Changes.Summary(waitingOn: Numbers(257)), "256");
        Should.NotThrow(() => Changes.Summary(labels: [.. Numbers(63), new string('x', 128)], waitingOn: Numbers(256)).Check());

        static EquatableArray<string> Numbers(int count) => Enumerable.Range(0, count).Select(i => $"{i}").ToEquatableArray();
    }

    private static void Refused(SessionSummary summary, string why) =>
        Should.Throw<ArgumentException>(summary.Check).Message.ShouldContain(why);
}
