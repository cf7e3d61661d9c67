using System.Text;
using Monty.Host.Ladder.Reports;
using Monty.Host.Ladder.Runs;
using Monty.Interop;
using Shouldly;
using Xunit;

namespace Monty.Host.Tests.Ladder;

public sealed class FixtureLineTests
{
    [Fact]
    public void A_line_has_every_member_in_order() =>
        Line(FixtureStatus.Passed, new MontyTuple([1, 2.0]))
            .ShouldBe(
                """{"id":7,"tier":3,"name":"a \"name\"","ok":true,"value":{"$tuple":[1,2.0]},"error":null,"skipped":null,"xfail":null,"xpass":null,"ms":1.5}"""
                    + "\n"
            );

    [Theory]
    [InlineData(nameof(FixtureStatus.Failed), "\"ok\":false", "\"xfail\":null,\"xpass\":null")]
    [InlineData(nameof(FixtureStatus.ExpectedFailure), "\"ok\":false", "\"xfail\":\"a gap\",\"xpass\":null")]
    [InlineData(nameof(FixtureStatus.UnexpectedPass), "\"ok\":false", "\"xfail\":null,\"xpass\":\"a gap\"")]
    public void Only_a_fixture_that_passes_is_ok(string status, string ok, string gaps)
    {
        var line = Line(Enum.Parse<FixtureStatus>(status), MontyValue.None);

        line.ShouldContain(ok);
        line.ShouldContain(gaps);
    }

    [Fact]
    public void An_error_has_its_type_and_message() =>
        Text(
                new FixtureResult
                {
                    Fixture = TestFixtures.Read("{}"),
                    Status = FixtureStatus.Passed,
                    Error = new PythonError("KeyError", null),
                }
            )
            .ShouldContain(
                """
                "value":null,"error":{"type":"KeyError","message":null},
                """.Trim()
            );

    [Fact]
    public void Random_ids_do_not_change_the_line()
    {
        Line(FixtureStatus.Passed, CreateValue()).ShouldBe(Line(FixtureStatus.Passed, CreateValue()));

        static MontyValue CreateValue() =>
            new MontyList([Instance(Guid.NewGuid(), Guid.NewGuid()), new MontyCycle(Random.Shared.NextInt64(), "[...]")]);
    }

    [Fact]
    public void One_object_that_occurs_twice_differs_from_two_objects()
    {
        var (type, first, second) = (Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid());

        var twice = Line(FixtureStatus.Passed, new MontyList([Instance(type, first), Instance(type, first)]));
        var two = Line(FixtureStatus.Passed, new MontyList([Instance(type, first), Instance(type, second)]));

        twice.ShouldNotBe(two);
    }

    [Fact]
    public void The_order_of_a_set_does_not_change_the_line()
    {
        var (a, b) = (Instance(Guid.NewGuid(), Guid.NewGuid()), new MontyFrozenSet([2, 1]));

        Line(FixtureStatus.Passed, new MontySet([a, b, 3]))
            .ShouldBe(Line(FixtureStatus.Passed, new MontySet([3, new MontyFrozenSet([1, 2]), a])));
    }

    [Fact]
    public void Deeply_nested_sets_are_written()
    {
        MontyValue nested = new MontyFrozenSet([1, 2]);
        for (var depth = 0; depth < 90; depth++)
        {
            nested = new MontyFrozenSet([nested, 0]);
        }

        Line(FixtureStatus.Passed, nested).Length.ShouldBeGreaterThan(90);
    }

    private static MontyInstance Instance(Guid type, Guid id) =>
        new(
            new MontyType("P", MontyTypeOrigin.Sandbox, type, IsDataclass: true),
            id,
            new MontyDict([KeyValuePair.Create((MontyValue)"x", (MontyValue)1)])
        );

    private static string Line(FixtureStatus status, MontyValue value) =>
        Text(
            new FixtureResult
            {
                Fixture = TestFixtures.Read("""{"id": 7, "tier": 3, "name": "a \"name\"", "xfail": "a gap"}"""),
                Status = status,
                Value = value,
                Duration = TimeSpan.FromMilliseconds(1.5),
            }
        );

    private static string Text(FixtureResult result) => Encoding.UTF8.GetString(FixtureLine.Write(result).Span);
}
