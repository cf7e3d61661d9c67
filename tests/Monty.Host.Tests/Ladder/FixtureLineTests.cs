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
    public void Only_a_fixture_that_passed_is_ok(string status, string ok, string gaps)
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
                    Fixture = Rungs.Read("{}"),
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
    public void Ids_of_a_run_do_not_show()
    {
        MontyValue One() => new MontyList([Instance(Guid.NewGuid(), Guid.NewGuid()), new MontyCycle(Random.Shared.NextInt64(), "[...]")]);

        Line(FixtureStatus.Passed, One()).ShouldBe(Line(FixtureStatus.Passed, One()));
    }

    [Fact]
    public void The_same_object_is_seen_to_be_the_same()
    {
        var (type, first, second) = (Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid());

        var twice = Line(FixtureStatus.Passed, new MontyList([Instance(type, first), Instance(type, first)]));
        var two = Line(FixtureStatus.Passed, new MontyList([Instance(type, first), Instance(type, second)]));

        twice.ShouldNotBe(two);
    }

    [Fact]
    public void The_order_of_a_set_does_not_show()
    {
        var (a, b) = (Instance(Guid.NewGuid(), Guid.NewGuid()), new MontyFrozenSet([2, 1]));

        Line(FixtureStatus.Passed, new MontySet([a, b, 3]))
            .ShouldBe(Line(FixtureStatus.Passed, new MontySet([3, new MontyFrozenSet([1, 2]), a])));
    }

    [Fact]
    public void Sets_in_sets_cost_no_more_than_their_depth()
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
                Fixture = Rungs.Read("""{"id": 7, "tier": 3, "name": "a \"name\"", "xfail": "a gap"}"""),
                Status = status,
                Value = value,
                Duration = TimeSpan.FromMilliseconds(1.5),
            }
        );

    private static string Text(FixtureResult result) => Encoding.UTF8.GetString(FixtureLine.Write(result).Span);
}
