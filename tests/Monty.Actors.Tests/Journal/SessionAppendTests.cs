using Monty.Interop;
using Monty.Testing.Journals;
using Shouldly;
using Xunit;

namespace Monty.Actors.Tests.Journal;

public sealed class SessionAppendTests
{
    private static readonly SessionId Session = Story.Session("s");

    [Fact]
    public void An_append_that_no_store_could_keep_is_refused_where_it_is_made()
    {
        Refused(() => Story.Append(Session, 0, []), "one record");
        Refused(() => Story.Append(default, 0, ["a"]), "session id");
        Refused(() => new SessionAppend(Session, 3, 1, [Story.Record(5)], Story.Summary()), "version 5 where 4");
        Refused(() => Story.Append(Session, 0, ["a"], dump: Story.Dump(2)), "version 2");
        foreach (var kind in (string[])["", "Fed", "fed up", "f\0", new('a', 65)])
        {
            Refused(() => new SessionAppend(Session, 0, 1, [Story.Record(1, kind: kind)], Story.Summary()), "kind");
        }

        Refused(() => new SessionAppend(Session, 0, 1, [Story.Record(1, schema: 0)], Story.Summary()), "schema");
        Should.Throw<ArgumentOutOfRangeException>(() => Story.Append(Session, -1, ["a"]));
        Should.Throw<ArgumentOutOfRangeException>(() => Story.Append(Session, 0, ["a"], epoch: 0));
    }

    [Fact]
    public void Labels_and_tool_names_are_bounded_text_and_each_once()
    {
        foreach (var tag in (string[])["", "a\0b", "\ud800", "\udc00a", new('x', 129)])
        {
            Refused(() => Story.Append(Session, 0, ["a"], summary: Story.Summary(labels: [tag])), "labels");
            Refused(() => Story.Append(Session, 0, ["a"], summary: Story.Summary(waitingOn: [tag])), "tools waited on");
        }

        Refused(() => Story.Append(Session, 0, ["a"], summary: Story.Summary(labels: ["x", "x"])), "twice");
        Refused(() => Story.Append(Session, 0, ["a"], summary: Story.Summary(labels: Numbers(65))), "64");
        Refused(() => Story.Append(Session, 0, ["a"], summary: Story.Summary(waitingOn: Numbers(257))), "256");
        Story
            .Append(Session, 0, ["a"], summary: Story.Summary(labels: [.. Numbers(63), new string('x', 128)], waitingOn: Numbers(256)))
            .Summary.Labels.Count.ShouldBe(64);

        static EquatableArray<string> Numbers(int count) => Enumerable.Range(0, count).Select(i => $"{i}").ToEquatableArray();
    }

    private static void Refused(Func<object> make, string why) => Should.Throw<ArgumentException>(make).Message.ShouldContain(why);
}
