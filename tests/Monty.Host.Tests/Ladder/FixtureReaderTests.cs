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
    public void The_error_of_an_answer_is_a_type_and_a_message(string text, string type, string? message) =>
        AnswerError.Parse(text).ShouldBe(new PythonError(type, message));

    [Theory]
    [InlineData("""{"maxDurationMs": 50, "maxMemoryBytes": 1000, "maxRecursionDepth": 10, "maxSuspensions": 3, "gcInterval": 7}""")]
    [InlineData("""{"timeout_ms": 50, "memory_bytes": 1000, "stack_depth": 10, "maxSuspensions": 3, "gcInterval": 7}""")]
    public void Limits_may_have_the_names_of_this_project_or_of_dart_monty(string limits) =>
        TestFixtures
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
    public void A_fixture_without_limits_uses_the_default_limits_of_the_runtime() =>
        TestFixtures.Read("{}").Limits.ShouldBe(MontyLimits.Default);

    [Fact]
    public void Null_is_None_in_answers_and_inputs_and_a_missing_field_elsewhere()
    {
        var fixture = TestFixtures.Read(
            """{"resumeValues": [null, 1], "resumeErrors": [null, "x"], "expected": null, "inputs": {"a": null}, "asyncResumeMap": {"0": null}}"""
        );

        fixture.Host.Values.ShouldBe([MontyValue.None, 1]);
        fixture.Host.Errors.ShouldBe([null, new PythonError("RuntimeError", "x")]);
        fixture.Host.Futures!.Outcomes[0].ShouldBe(MontyAnswer.Return(MontyValue.None));
        fixture.Inputs["a"].ShouldBe(MontyValue.None);
        fixture.Steps[0].Value.IsAnything.ShouldBeTrue();
    }

    [Theory]
    [InlineData("""{"id": "one"}""", "test.json: 'id' must be a whole number that is not negative.")]
    [InlineData("""{"id": 7, "code": 1}""", "test.json, fixture 7: 'code' must be a string.")]
    [InlineData("""{"id": 7, "name": ["x"]}""", "test.json, fixture 7: 'name' must be a string.")]
    [InlineData("""{"expectedMethodCall": "yes"}""", "test.json, fixture 1: 'expectedMethodCall' must be true or false.")]
    [InlineData("""{"expectedCallId": -1}""", "test.json, fixture 1: 'expectedCallId' must be a whole number that is not negative.")]
    [InlineData(
        """{"expectedTracebackMinFrames": 3000000000}""",
        "test.json, fixture 1: 'expectedTracebackMinFrames' must be at most 2147483647."
    )]
    [InlineData("""{"expectedArgs": {}}""", "test.json, fixture 1: 'expectedArgs' must be a list.")]
    [InlineData("""{"expectedKwargs": []}""", "test.json, fixture 1: 'expectedKwargs' must be an object.")]
    [InlineData("""{"asyncResumeMap": {"first": 1}}""", "test.json, fixture 1: 'asyncResumeMap' must be an object with call ids as keys.")]
    [InlineData("""{"asyncErrorMap": {"0": 1}}""", "test.json, fixture 1: 'asyncErrorMap.0' must be a string.")]
    [InlineData("""{"resolveOrder": [[0]]}""", "test.json, fixture 1: 'resolveOrder' requires 'asyncResumeMap' or 'asyncErrorMap'.")]
    [InlineData("""{"asyncResumeMap": {}, "resolveOrder": [0]}""", "test.json, fixture 1: 'resolveOrder' must be a list.")]
    [InlineData("""{"asyncResumeMap": {}, "resolveOrder": [["a"]]}""", "test.json, fixture 1: 'resolveOrder' must be lists of call ids.")]
    [InlineData(
        """{"limits": {"gcInterval": 1.5}}""",
        "test.json, fixture 1: 'limits.gcInterval' must be a whole number that is not negative."
    )]
    [InlineData(
        """{"limits": {"timeout_ms": 1, "maxDurationMs": 1}}""",
        "test.json, fixture 1: 'maxDurationMs' and 'timeout_ms' are the same limit; remove one of them."
    )]
    [InlineData("""{"typeCheckExpected": {}}""", "test.json, fixture 1: the field 'typeCheckExpected.hasErrors' is missing.")]
    [InlineData("""{"osCallResponses": [1]}""", "test.json, fixture 1: 'osCallResponses[0]' must be an object.")]
    [InlineData(
        """{"osCallResponses": [{"result": 1, "error": "x"}]}""",
        "test.json, fixture 1: an OS call cannot have both a result and an error; remove one of them."
    )]
    [InlineData(
        """{"replSteps": [{"code": "1", "continuation": "open"}]}""",
        "test.json, fixture 1: 'continuation' must be complete, open_bracket, open_string or open_block."
    )]
    [InlineData(
        """{"replSteps": [{"code": "("  , "continuation": "open_bracket", "expected": 1}]}""",
        "test.json, fixture 1: an incomplete step is not fed, so it has no result; remove the expectation."
    )]
    [InlineData("""{"replSteps": [{"expected": 1}]}""", "test.json, fixture 1: the field 'replSteps[0].code' is missing.")]
    [InlineData(
        """{"replSteps": [], "expected": 1}""",
        "test.json, fixture 1: 'expected' has no effect beside 'replSteps'; move the expectation into a step."
    )]
    [InlineData(
        """{"replSteps": [], "typeCheckExpected": {"hasErrors": true}}""",
        "test.json, fixture 1: 'typeCheckExpected' has no effect beside 'replSteps'; move the expectation into a step."
    )]
    [InlineData(
        """{"expected": 1, "expectError": true}""",
        "test.json, fixture 1: a feed cannot have both a value and an error; remove one of the expectations."
    )]
    [InlineData(
        """{"inputs": {"db": 1}, "hostObjects": {"db": {}}}""",
        "test.json, fixture 1: 'db' is both an input and a host object; rename one of them."
    )]
    [InlineData("""{"expected": {"$color": 1}}""", "test.json, fixture 1: 'expected' is not a valid value: ")]
    public void The_message_about_an_invalid_field_names_it(string json, string message) =>
        Should.Throw<BadInputException>(() => TestFixtures.Read(json)).Message.ShouldStartWith(message);

    [Fact]
    public void Flags_that_are_false_are_allowed_beside_steps() =>
        TestFixtures.Read("""{"replSteps": [{"code": "1"}], "expectError": false, "expectedSorted": false}""").Skip.ShouldBeNull();
}
