using Monty.Host.Cli;
using Monty.Host.Ladder.Fixtures;
using Monty.Interop;
using Shouldly;
using Xunit;

namespace Monty.Host.Tests.Ladder;

public sealed class FixtureReaderTests
{
    [Theory]
    [InlineData("ValueError: bad", "ValueError", "bad")]
    [InlineData("ValueError:bad", "ValueError", "bad")]
    [InlineData("ValueError:  bad: worse", "ValueError", " bad: worse")]
    [InlineData("ValueError", "ValueError", null)]
    [InlineData("ValueError:", "ValueError", "")]
    [InlineData("json.JSONDecodeError: x", "json.JSONDecodeError", "x")]
    [InlineData("connection reset", "RuntimeError", "connection reset")]
    [InlineData("Note: ValueError: x", "RuntimeError", "Note: ValueError: x")]
    [InlineData("ConnectionError: the runtime does not know it", "RuntimeError", "ConnectionError: the runtime does not know it")]
    [InlineData("", "RuntimeError", "")]
    public void An_error_to_answer_with_is_a_type_and_a_message(string text, string type, string? message) =>
        AnswerError.Parse(text).ShouldBe(new PythonError(type, message));

    [Theory]
    [InlineData("""{"maxDurationMs": 50, "maxMemoryBytes": 1000, "maxRecursionDepth": 10, "maxSuspensions": 3, "gcInterval": 7}""")]
    [InlineData("""{"timeout_ms": 50, "memory_bytes": 1000, "stack_depth": 10, "maxSuspensions": 3, "gcInterval": 7}""")]
    public void Limits_have_the_names_of_two_houses(string limits) =>
        Rungs
            .Read($$"""{"limits": {{limits}}}""")
            .Limits.ShouldBe(
                new MontyLimits
                {
                    MaxDuration = TimeSpan.FromMilliseconds(50),
                    MaxMemoryBytes = 1000,
                    MaxRecursionDepth = 10,
                    MaxSuspensions = 3,
                    GcInterval = 7,
                }
            );

    [Fact]
    public void A_fixture_without_limits_has_the_defaults_of_the_runtime() => Rungs.Read("{}").Limits.ShouldBe(MontyLimits.Default);

    [Fact]
    public void Null_in_answers_is_None_and_elsewhere_it_is_absent()
    {
        var fixture = Rungs.Read(
            """{"resumeValues": [null, 1], "resumeErrors": [null, "x"], "expected": null, "inputs": {"a": null}, "asyncResumeMap": {"0": null}}"""
        );

        fixture.Host.Values.ShouldBe([MontyValue.None, 1]);
        fixture.Host.Errors.ShouldBe([null, new PythonError("RuntimeError", "x")]);
        fixture.Host.Futures!.Outcomes[0].ShouldBe(MontyAnswer.Return(MontyValue.None));
        fixture.Inputs["a"].ShouldBe(MontyValue.None);
        fixture.Steps[0].Value.IsAnything.ShouldBeTrue();
    }

    [Theory]
    [InlineData("""{"id": "one"}""", "test.json: 'id' must be a whole number, not negative.")]
    [InlineData("""{"id": 7, "code": 1}""", "test.json, fixture 7: 'code' must be a text.")]
    [InlineData("""{"id": 7, "name": ["x"]}""", "test.json, fixture 7: 'name' must be a text.")]
    [InlineData("""{"expectedMethodCall": "yes"}""", "test.json, fixture 1: 'expectedMethodCall' must be true or false.")]
    [InlineData("""{"expectedCallId": -1}""", "test.json, fixture 1: 'expectedCallId' must be a whole number, not negative.")]
    [InlineData(
        """{"expectedTracebackMinFrames": 3000000000}""",
        "test.json, fixture 1: 'expectedTracebackMinFrames' must be at most 2147483647."
    )]
    [InlineData("""{"expectedArgs": {}}""", "test.json, fixture 1: 'expectedArgs' must be a list.")]
    [InlineData("""{"expectedKwargs": []}""", "test.json, fixture 1: 'expectedKwargs' must be an object.")]
    [InlineData("""{"asyncResumeMap": {"first": 1}}""", "test.json, fixture 1: 'asyncResumeMap' must be an object with call ids as keys.")]
    [InlineData("""{"asyncErrorMap": {"0": 1}}""", "test.json, fixture 1: 'asyncErrorMap.0' must be a text.")]
    [InlineData("""{"resolveOrder": [[0]]}""", "test.json, fixture 1: 'resolveOrder' needs 'asyncResumeMap' or 'asyncErrorMap'.")]
    [InlineData("""{"asyncResumeMap": {}, "resolveOrder": [0]}""", "test.json, fixture 1: 'resolveOrder' must be a list.")]
    [InlineData("""{"asyncResumeMap": {}, "resolveOrder": [["a"]]}""", "test.json, fixture 1: 'resolveOrder' must be lists of call ids.")]
    [InlineData("""{"limits": {"gcInterval": 1.5}}""", "test.json, fixture 1: 'limits.gcInterval' must be a whole number, not negative.")]
    [InlineData(
        """{"limits": {"timeout_ms": 1, "maxDurationMs": 1}}""",
        "test.json, fixture 1: 'maxDurationMs' and 'timeout_ms' are the same limit; leave one of them away."
    )]
    [InlineData("""{"typeCheckExpected": {}}""", "test.json, fixture 1: it has no 'typeCheckExpected.hasErrors'.")]
    [InlineData("""{"osCallResponses": [1]}""", "test.json, fixture 1: 'osCallResponses[0]' must be an object.")]
    [InlineData(
        """{"osCallResponses": [{"result": 1, "error": "x"}]}""",
        "test.json, fixture 1: an OS call has a result or an error, not both."
    )]
    [InlineData(
        """{"replSteps": [{"code": "1", "continuation": "open"}]}""",
        "test.json, fixture 1: 'continuation' must be complete, open_bracket, open_string or open_block."
    )]
    [InlineData(
        """{"replSteps": [{"code": "("  , "continuation": "open_bracket", "expected": 1}]}""",
        "test.json, fixture 1: a step that is not complete is not fed, so nothing can be expected of it."
    )]
    [InlineData("""{"replSteps": [{"expected": 1}]}""", "test.json, fixture 1: it has no 'replSteps[0].code'.")]
    [InlineData(
        """{"replSteps": [], "expected": 1}""",
        "test.json, fixture 1: 'expected' says nothing beside 'replSteps'; put what you expect into the steps."
    )]
    [InlineData(
        """{"replSteps": [], "typeCheckExpected": {"hasErrors": true}}""",
        "test.json, fixture 1: 'typeCheckExpected' says nothing beside 'replSteps'; put what you expect into the steps."
    )]
    [InlineData(
        """{"expected": 1, "expectError": true}""",
        "test.json, fixture 1: it expects a value and an error of the same feed; leave one of them away."
    )]
    [InlineData(
        """{"inputs": {"db": 1}, "hostObjects": {"db": {}}}""",
        "test.json, fixture 1: 'db' is an input and a host object; rename one of them."
    )]
    [InlineData("""{"expected": {"$color": 1}}""", "test.json, fixture 1: 'expected' is no value: ")]
    public void A_field_of_the_wrong_shape_is_named(string json, string message) =>
        Should.Throw<BadInputException>(() => Rungs.Read(json)).Message.ShouldStartWith(message);

    [Fact]
    public void Flags_that_are_false_do_not_contradict_steps() =>
        Rungs.Read("""{"replSteps": [{"code": "1"}], "expectError": false, "expectedSorted": false}""").Skip.ShouldBeNull();
}
