using Monty.Host.Ladder.Paths;
using Monty.Host.Ladder.Runs;
using Monty.Interop;
using Shouldly;
using Xunit;

namespace Monty.Host.Tests.Ladder;

/// <summary>The calls from a fixture run to its path, and the result of the run. The path is a fake, so no runtime is needed.</summary>
public sealed class FixtureRunTests
{
    private static readonly LadderTurn None = new("", new MontyComplete(MontyValue.None));

    [Fact]
    public async Task The_session_is_opened_with_the_options_of_the_fixture_and_closed()
    {
        var path = new ScriptedPath(None);

        await path.RunAsync(
            """{"scriptName": "a.py", "limits": {"maxSuspensions": 3}, "typeCheckExpected": {"hasErrors": false, "stubs": "x: int"}, "code": "x"}"""
        );

        path.Setup.ShouldBe(new LadderSetup("a.py", new MontyLimits { MaxSuspensions = 3 }));
        path.Feeds.ShouldHaveSingleItem().TypeCheckStubs.ShouldBe("x: int");
        path.IsClosed.ShouldBeTrue();
    }

    [Fact]
    public async Task Steps_are_fed_in_order_with_the_inputs_in_the_first_and_snapshots_in_between()
    {
        var path = new ScriptedPath(None, None);
        var result = await path.RunAsync(
            """
            {"inputs": {"a": 1}, "hostObjects": {"db": {"attributes": {"port": 1}}}, "replSteps": [
              {"code": "if x:", "continuation": "open_block"}, {"code": "1"}, {"code": "(", "continuation": "open_bracket"}, {"code": "2", "snapshot": true}]}
            """
        );

        result.Status.ShouldBe(FixtureStatus.Passed);
        path.Feeds.Select(f => f.Code).ShouldBe(["1", "2"]);
        path.Feeds[0].Inputs.Keys.ShouldBe(["a", "db"]);
        path.Feeds[0].TypeCheckStubs.ShouldBeNull();
        path.Feeds[1].Inputs.ShouldBeEmpty();
        path.Snapshots.ShouldBe(1);
    }

    [Fact]
    public async Task A_failed_step_ends_the_fixture()
    {
        var path = new ScriptedPath(None, None, None);

        var result = await path.RunAsync(
            """{"replSteps": [{"code": "1"}, {"code": "2", "expected": 2}, {"code": "3"}], "expectedPrintLines": ["x"]}"""
        );

        path.Feeds.Count.ShouldBe(2);
        result.Problems.ShouldBe(["step 2: expected: None, not 2"]);
    }

    [Fact]
    public async Task A_failure_of_the_path_fails_the_fixture_and_closes_the_session()
    {
        var path = new ScriptedPath();

        var result = await path.RunAsync("""{"code": "1"}""");

        result.Status.ShouldBe(FixtureStatus.Failed);
        result.Problems.ShouldBe(["the path scripted failed: no turn is left"]);
        path.IsClosed.ShouldBeTrue();
    }

    [Fact]
    public async Task Unknown_names_and_calls_do_not_use_an_answer()
    {
        var path = new ScriptedPath(
            new("", new MontyNameLookup("f")),
            new("", new MontyNameLookup("g")),
            new("", new MontyNameLookup("size", Guid.Empty)),
            new("", Call("g", 0)),
            new("", Call("f", 1)),
            None
        );

        var result = await path.RunAsync(
            """{"externalFunctions": ["f"], "resumeValues": [5], "expectedFnName": "f", "expectedCallId": 1}"""
        );

        result.Problems.ShouldBeEmpty();
        path.Answers.ShouldBe([
            MontyAnswer.Return(new MontyFunction("f")),
            MontyAnswer.NotFound,
            MontyAnswer.NotFound,
            MontyAnswer.NotFound,
            MontyAnswer.Return(5),
        ]);
    }

    [Fact]
    public async Task A_call_of_an_unknown_method_raises_an_attribute_error()
    {
        var fixture = TestFixtures.Read(
            """{"hostObjects": {"db": {"methods": ["get"]}}, "resumeValues": [5], "expectedMethodCall": true}"""
        );
        var id = fixture.Host.Objects[0].Instance.InstanceId;
        var path = new ScriptedPath(
            new("", Call("drop", 0, id)),
            new("", Call("get", 1, Guid.NewGuid())),
            new("", Call("get", 2, id)),
            None
        );

        var result = await new FixtureRun(path, TimeProvider.System).RunAsync(fixture, CancellationToken.None);

        result.Problems.ShouldBeEmpty();
        path.Answers.ShouldBe([
            MontyAnswer.Raise("AttributeError", "'db' object has no attribute 'drop'"),
            MontyAnswer.Raise("AttributeError", "'object' object has no attribute 'get'"),
            MontyAnswer.Return(5),
        ]);
    }

    [Theory]
    [InlineData("""{"externalFunctions": ["f"]}""", "the fixture has no answer to call 1, f()")]
    [InlineData("""{"externalFunctions": ["f"], "resumeErrors": [null]}""", "the fixture has no answer to call 1, f()")]
    [InlineData("""{"externalFunctions": ["f"], "resumeValues": [1, 2, 3]}""", "the script made 1 call(s), so 2 answer(s) were not used")]
    [InlineData(
        """{"externalFunctions": ["f"], "resumeValues": [1], "resumeErrors": [null, "x"]}""",
        "the script made 1 call(s), so 1 answer(s) were not used"
    )]
    [InlineData(
        """{"externalFunctions": ["f"], "resumeValues": [1], "osCallResponses": [{}]}""",
        "the script made 0 OS call(s), so 1 item(s) of osCallResponses were not used"
    )]
    [InlineData(
        """{"externalFunctions": ["f"], "asyncResumeMap": {}, "resumeValues": [1]}""",
        "the script made 0 call(s), so 1 answer(s) were not used"
    )]
    [InlineData("""{"externalFunctions": ["f"], "asyncResumeMap": {"0": 1}}""", "the futures 0 were not resolved")]
    [InlineData("""{"expectedFnName": "f"}""", "expected a call, but the script made none")]
    [InlineData("""{"expectedArgs": []}""", "expected a call, but the script made none")]
    [InlineData(
        """{"externalFunctions": ["f"], "resumeValues": [1], "expectedDistinctCallIds": true}""",
        "expectedDistinctCallIds: the ids are 0"
    )]
    [InlineData("""{"externalFunctions": ["f"], "resumeValues": [1], "expectedCallIdNonZero": true}""", "expectedCallIdNonZero: 0")]
    public async Task The_answers_must_match_the_calls(string fixture, string problem) =>
        (await new ScriptedPath(new("", Call("f", 0)), None).RunAsync(fixture)).Problems.ShouldBe([problem]);

    [Fact]
    public async Task Futures_are_resolved_in_groups_and_then_all_together()
    {
        var path = new ScriptedPath(
            new("", Call("f", 0)),
            new("", Call("f", 1)),
            new("", Call("f", 2)),
            new("", new MontyResolveFutures([0, 1, 2])),
            new("", new MontyResolveFutures([0, 1])),
            None
        );

        var result = await path.RunAsync(
            """
            {"externalFunctions": ["f"], "asyncResumeMap": {"0": 10, "1": 11, "2": 12}, "asyncErrorMap": {"1": "ValueError: x"}, "resolveOrder": [[2]]}
            """
        );

        result.Problems.ShouldBeEmpty();
        path.Answers.Take(3).ShouldAllBe(a => a == MontyAnswer.Future);
        path.Answers.Skip(3)
            .Cast<ResolveAnswer>()
            .Select(a => a.Outcomes.OrderBy(o => o.Key).ToArray())
            .ShouldBe([
                [KeyValuePair.Create(2u, MontyAnswer.Return(12))],
                [KeyValuePair.Create(0u, MontyAnswer.Return(10)), KeyValuePair.Create(1u, MontyAnswer.Raise("ValueError", "x"))],
            ]);
    }

    [Theory]
    [InlineData(
        """{"asyncResumeMap": {"0": 1, "1": 1}, "resolveOrder": [[1]]}""",
        "resolveOrder resolves future 1, but the pending futures are 0"
    )]
    [InlineData("""{"asyncResumeMap": {"1": 1}}""", "the fixture has no outcome for future 0")]
    [InlineData(
        """{"asyncResumeMap": {"0": 1}, "resolveOrder": [[0], [0]]}""",
        "the script waited 1 time(s), so 1 group(s) of resolveOrder were not used"
    )]
    [InlineData("""{"asyncResumeMap": {"0": 1, "5": 1}}""", "the futures 5 were not resolved")]
    [InlineData("""{"code": "1"}""", "the script awaits a call, but the fixture has no outcomes for futures")]
    public async Task The_outcomes_must_match_the_futures(string fixture, string problem) =>
        (await new ScriptedPath(new("", new MontyResolveFutures([0])), None).RunAsync(fixture)).Problems.ShouldBe([problem]);

    [Fact]
    public async Task A_future_of_an_earlier_feed_cannot_be_resolved() =>
        (await new ScriptedPath(new LadderTurn("", new MontyResolveFutures([]))).RunAsync("""{"asyncResumeMap": {}}""")).Problems.ShouldBe([
            "the script awaits a call of an earlier feed, which cannot be resolved",
        ]);

    [Theory]
    [InlineData(OsFunction.Getenv, "os.getenv")]
    [InlineData(OsFunction.Environ, "os.environ")]
    [InlineData(OsFunction.DateToday, "date.today")]
    [InlineData(OsFunction.DateTimeNow, "datetime.now")]
    [InlineData(OsFunction.Open, "open")]
    [InlineData(OsFunction.Stat, "Path.stat")]
    [InlineData(OsFunction.IsFile, "Path.is_file")]
    [InlineData(OsFunction.IsSymlink, "Path.is_symlink")]
    [InlineData(OsFunction.ReadText, "Path.read_text")]
    [InlineData(OsFunction.AppendBytes, "Path.append_bytes")]
    [InlineData(OsFunction.Iterdir, "Path.iterdir")]
    [InlineData(OsFunction.Mkdir, "Path.mkdir")]
    [InlineData(OsFunction.Rename, "Path.rename")]
    public async Task Os_calls_are_named_by_their_Python_function(OsFunction function, string name)
    {
        var call = new LadderTurn("", new MontyOsCall(function, ["key", "default"], 0));

        (await new ScriptedPath(call, None).RunAsync($$"""{"osCallResponses": [{"operation": "{{name}}"}]}""")).Problems.ShouldBeEmpty();
        (await new ScriptedPath(call, None).RunAsync("""{"osCallResponses": [{"operation": "mutant"}]}""")).Problems.ShouldBe([
            $"OS call 1 is {name}, not mutant",
        ]);
        (await new ScriptedPath(call, None).RunAsync("{}")).Problems.ShouldBe([$"the fixture has no answer to OS call 1, {name}"]);
    }

    [Theory]
    [InlineData(OsFunction.Getenv, """{"result": null}""", "default")]
    [InlineData(OsFunction.Getenv, """{"result": "set"}""", "set")]
    [InlineData(OsFunction.ReadText, """{"result": "text"}""", "text")]
    public async Task Os_calls_are_answered_with_their_result_or_the_default_value(OsFunction function, string response, string answer)
    {
        var path = new ScriptedPath(new("", new MontyOsCall(function, ["key", "default"], 0)), None);
        await path.RunAsync($$"""{"osCallResponses": [{{response}}]}""");

        path.Answers.ShouldBe([MontyAnswer.Return(answer)]);
    }

    [Fact]
    public async Task The_printed_lines_are_those_of_the_whole_session_including_an_unfinished_one()
    {
        var path = new ScriptedPath(new("a\nb", Call("f", 0)), new("c\n", new MontyComplete(1)), new("d", new MontyComplete(1)));

        var result = await path.RunAsync(
            """
            {"externalFunctions": ["f"], "resumeValues": [1], "expectedPrintLines": ["a", "bc", "d"], "replSteps": [{"code": "1"}, {"code": "2"}]}
            """
        );

        result.Problems.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("[]", "", true)]
    [InlineData("[]", "\n", false)]
    [InlineData("[\"\"]", "\n", true)]
    [InlineData("[\"a\", \"\"]", "a\n\n", true)]
    [InlineData("[\"a\"]", "a\n\n", false)]
    [InlineData("[\"a\"]", "a", true)]
    public async Task A_line_feed_at_the_end_does_not_begin_another_line(string lines, string printed, bool isMatch) =>
        (
            await new ScriptedPath(new LadderTurn(printed, new MontyComplete(1))).RunAsync($$"""{"expectedPrintLines": {{lines}}}""")
        ).Problems.Count.ShouldBe(isMatch ? 0 : 1);

    [Theory]
    [InlineData(1, "x\n", true)]
    [InlineData(2, "x\n", false)]
    [InlineData(0, "x\n", false)]
    [InlineData(1, "x", true)]
    public async Task The_function_printed_lines_checks_the_number_of_lines_so_far(int expected, string printed, bool isMatch)
    {
        var path = new ScriptedPath(new(printed, new MontyFunctionCall("printed_lines", [expected], [], 0)), None);

        var result = await path.RunAsync("""{"externalFunctions": ["printed_lines"], "resumeValues": [null]}""");

        result.Problems.Count.ShouldBe(isMatch ? 0 : 1);
    }

    [Theory]
    [InlineData("""{"typeCheckExpected": {"hasErrors": true, "contains": ["[a-rule]", "double"]}}""", 0)]
    [InlineData("""{"typeCheckExpected": {"hasErrors": true, "contains": "other"}}""", 1)]
    [InlineData("""{"typeCheckExpected": {"hasErrors": false}}""", 1)]
    [InlineData("{}", 1)]
    public async Task Errors_of_the_type_check_must_be_expected(string fixture, int problems)
    {
        var result = await new ScriptedPath(new LadderTurn("", new MontyTypingFailed("main.py:1:1: error[a-rule] in `double`"))).RunAsync(
            fixture
        );

        result.Problems.Count.ShouldBe(problems);
        result.Error.ShouldBe(new PythonError("TypingError", "main.py:1:1: error[a-rule] in `double`"));
    }

    [Fact]
    public async Task Code_with_type_errors_must_not_run()
    {
        const string Fixture = """{"externalFunctions": ["f"], "resumeValues": [null], "typeCheckExpected": {"hasErrors": true}}""";
        var refused = new MontyTypingFailed("main.py:1:1: error[a-rule]");

        var printing = await new ScriptedPath(new LadderTurn("ran\n", refused)).RunAsync(
            Fixture.Replace("[null]", "[]", StringComparison.Ordinal)
        );
        var calling = await new ScriptedPath(new LadderTurn("", Call("f", 0)), new LadderTurn("", refused)).RunAsync(Fixture);

        printing.Problems[0].ShouldBe("typeCheckExpected: the type check found errors, but the code had already run");
        calling.Problems[0].ShouldBe("typeCheckExpected: the type check found errors, but the code had already run");
    }

    [Fact]
    public async Task An_error_without_frames_has_no_file()
    {
        var turn = new LadderTurn("", new MontyFailed(new PythonError("MemoryError", "limit"), FailureOrigin.Limit));
        string[] broken =
        [
            """{"expectedErrorFilename": "main.py"}""",
            """{"expectedTracebackFilename": "main.py"}""",
            """{"expectedTracebackFrameHasFilename": true}""",
            """{"expectedTraceback": true}""",
            """{"expectedTracebackMinFrames": 1}""",
        ];
        foreach (var fixture in broken)
        {
            (await new ScriptedPath(turn).RunAsync(fixture)).Problems.Count.ShouldBe(1, fixture);
        }

        (
            await new ScriptedPath(turn).RunAsync("""{"expectedTraceback": false, "expectedTracebackFrameHasFilename": false}""")
        ).Problems.ShouldBeEmpty();
    }

    private static MontyFunctionCall Call(string name, uint id, Guid? receiver = null) => new(name, [], [], id, receiver);
}
