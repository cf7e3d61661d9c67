using System.Text.Json;

namespace Monty.Host.Ladder.Fixtures;

/// <summary>Reads the expectations of a fixture.</summary>
internal static class ExpectationReader
{
    /// <summary>The fields that apply to one feed, which <see cref="ReadValue"/> and <see cref="ReadError"/> read.</summary>
    public static IReadOnlyList<string> FeedFields { get; } =
    [
        "expected",
        "expectedSorted",
        "expectedContains",
        "expectedTypeTag",
        "expectError",
        "errorContains",
        "expectedExcType",
        "expectedTraceback",
        "expectedTracebackMinFrames",
        "expectedTracebackFrameHasFilename",
        "expectedErrorFilename",
        "expectedTracebackFilename",
    ];

    public static ExpectedValue ReadValue(FixtureFields fields) =>
        new()
        {
            Value = fields.Value("expected"),
            IgnoreOrder = fields.Flag("expectedSorted") ?? false,
            Contains = fields.Text("expectedContains"),
            TypeTag = fields.Text("expectedTypeTag"),
        };

    public static ExpectedError ReadError(FixtureFields fields)
    {
        var traceback = fields.KindOf("expectedTraceback");
        var isFlag = traceback is JsonValueKind.True or JsonValueKind.False;
        return new ExpectedError
        {
            Any = fields.Flag("expectError") ?? false,
            Contains = fields.Text("errorContains"),
            Type = fields.Text("expectedExcType"),
            HasTraceback = isFlag ? fields.Flag("expectedTraceback") : null,
            TracebackContains = isFlag ? null : fields.TextOrTexts("expectedTraceback"),
            MinFrames = fields.SmallNumber("expectedTracebackMinFrames"),
            FramesHaveFileNames = fields.Flag("expectedTracebackFrameHasFilename"),
            InnermostFile = fields.Text("expectedErrorFilename"),
            EveryFile = fields.Text("expectedTracebackFilename"),
        };
    }

    public static ExpectedCalls ReadCalls(FixtureFields fields) =>
        new()
        {
            Name = fields.Text("expectedFnName"),
            Arguments = fields.Values("expectedArgs"),
            Keywords = fields.NamedValues("expectedKwargs"),
            IsMethodCall = fields.Flag("expectedMethodCall"),
            CallId = fields.Number("expectedCallId"),
            CallIdIsNonZero = fields.Flag("expectedCallIdNonZero"),
            CallIdsAreDistinct = fields.Flag("expectedDistinctCallIds"),
        };
}
