using Monty.Host.Ladder.Fixtures;
using Monty.Interop;

namespace Monty.Host.Ladder.Checks;

/// <summary>Checks an exception that was expected. Returns one message for each expectation that is not met.</summary>
internal static class ErrorChecks
{
    public static IEnumerable<string> Check(ExpectedError expected, PythonError error)
    {
        if (expected.Contains is { } part && !error.TypeAndMessage.Contains(part, StringComparison.Ordinal))
        {
            yield return $"errorContains: '{part}' is not in {Excerpt.Format(error.TypeAndMessage)}";
        }

        if (expected.Type is { } type && type != error.Type)
        {
            yield return $"expectedExcType: {error.Type}, not {type}";
        }

        foreach (var problem in CheckFrames(expected, error))
        {
            yield return problem;
        }
    }

    private static IEnumerable<string> CheckFrames(ExpectedError expected, PythonError error)
    {
        var files = error.Frames.Select(f => f.FileName).ToList();
        if (expected.HasTraceback is { } hasTraceback && hasTraceback != files.Count > 0)
        {
            yield return $"expectedTraceback: the traceback has {files.Count} frames";
        }

        var traceback = expected.TracebackContains is null ? "" : error.Traceback;
        foreach (var part in expected.TracebackContains ?? [])
        {
            if (traceback.Contains(part, StringComparison.Ordinal))
            {
                continue;
            }

            yield return $"expectedTraceback: '{part}' is not in {Excerpt.Format(traceback)}";
        }

        if (files.Count < expected.MinFrames)
        {
            yield return $"expectedTracebackMinFrames: {files.Count} frames, not {expected.MinFrames}";
        }

        if (expected.FramesHaveFileNames is { } named && named != (files.Count > 0 && files.TrueForAll(f => f.Length > 0)))
        {
            yield return $"expectedTracebackFrameHasFilename: the files are {Excerpt.Format(string.Join(", ", files))}";
        }

        if (expected.InnermostFile is { } innermost && files.LastOrDefault() != innermost)
        {
            yield return $"expectedErrorFilename: {Excerpt.Format(files.LastOrDefault() ?? "no frame")}, not {innermost}";
        }

        if (expected.EveryFile is { } every && (files.Count == 0 || files.Exists(f => f != every)))
        {
            yield return $"expectedTracebackFilename: the files are {Excerpt.Format(string.Join(", ", files.Distinct()))}, not {every}";
        }
    }
}
