using Monty.Interop.Syntax;
using Monty.Interop.Wire;

namespace Monty.Interop.Tracebacks;

/// <summary>Corrects the location of a failure when the runtime reports another location than CPython and the source shows the right one.</summary>
/// <remarks>Only the innermost frame can be wrong in these ways. A place that may be right stays as it is.</remarks>
internal static class InnermostFrame
{
    private const string EndOfBlock = "The runtime may report the end of a try or with statement here, not the line that raised the error.";

    private const string NearName = "The name is read near this line. The runtime does not report where.";

    private const string DefinitionOnly = "The call does not match this definition. The runtime does not report where the call is.";

    /// <summary>Corrects the view of the frame in which <paramref name="error"/> arose.</summary>
    public static FrameView Correct(FrameView view, PythonError error)
    {
        if (HasNoPlace(view.Frame))
        {
            return view with { Line = null };
        }

        if (FailedStatement.From(view.Source) is not { } statement)
        {
            return view.HidesCarets && IsClass(view.Source) ? view.WithRemark(EndOfBlock) : view;
        }

        return view.HidesCarets ? CorrectHidden(view, statement, error) : CorrectShown(view, statement, error);
    }

    /// <summary>Returns true for the location that the runtime reports when it does not know one.</summary>
    private static bool HasNoPlace(PythonFrame frame) =>
        frame.Start == new SourceLocation(1, 1) && frame.End == frame.Start && frame.PreviewLine is "";

    /// <summary>Corrects a frame whose carets the runtime hides: it does so for raised errors, failed reads of attributes, and imports.</summary>
    /// <remarks>
    /// An error that leaves the block of a <c>try</c> or <c>with</c> statement is raised again at the end of the block. The runtime gives that
    /// place and hides the carets too, so anything else under hidden carets is taken for such an end.
    /// </remarks>
    private static FrameView CorrectHidden(FrameView view, FailedStatement statement, PythonError error)
    {
        if (statement.FindRaise() is { } raise && MayRaise(statement, error.Type))
        {
            return view.WithPart(raise);
        }

        if (error.Type == "AttributeError" && FindAttribute(statement, error.Message) is { } attribute)
        {
            return view.WithPart(attribute);
        }

        if (Explains(statement, error.Type))
        {
            return view with { HidesCarets = false };
        }

        return MayBelongToHiddenLines(view, statement, error.Type) ? view : view.WithRemark(EndOfBlock);
    }

    /// <summary>Corrects a frame with carets.</summary>
    private static FrameView CorrectShown(FrameView view, FailedStatement statement, PythonError error)
    {
        if (GetUndefinedName(error) is { } name)
        {
            return CorrectName(view, statement, name);
        }

        return error.Type == "TypeError" && statement.IsDefinition && IsAboutArguments(error.Message)
            ? view.WithRemark(DefinitionOnly)
            : CorrectOperation(view, statement, error.Message);
    }

    /// <summary>Corrects the place of an operation that the runtime reports at one of its operands.</summary>
    private static FrameView CorrectOperation(FrameView view, FailedStatement statement, string? message)
    {
        if (
            statement.FindAugmentedAssignment(out var sign) is { } assignment
            && (statement.IsSingleToken || Has(message, $" for {sign}: "))
        )
        {
            return view.WithPart(assignment);
        }

        return IsAboutDisplay(statement, message) && statement.FindDisplay() is { } display ? view.WithPart(display) : view;
    }

    private static FrameView CorrectName(FrameView view, FailedStatement statement, string name)
    {
        if (statement.FindName(name) is { } place)
        {
            return view.WithPart(place);
        }

        // A tool of the host may raise an error about any name.
        return statement.MayCallHost ? view : view.WithRemark(NearName);
    }

    /// <summary>Returns false when the statement raises an exception of a class that is not the error's.</summary>
    private static bool MayRaise(FailedStatement statement, string type)
    {
        var raised = statement.GetExceptionClass();
        return raised.IsEmpty || raised.SequenceEqual(type) || !RuntimeNames.IsException(raised.ToString());
    }

    /// <summary>Returns true when the statement raises errors of this type and CPython marks this part of it.</summary>
    private static bool Explains(FailedStatement statement, string type) =>
        type switch
        {
            "AssertionError" => statement.IsAsserted,
            "AttributeError" => statement.IsGetAttr,
            "ImportError" or "ModuleNotFoundError" => statement.IsImport,
            _ => false,
        };

    /// <summary>Returns true when lines that the runtime did not send may contain <c>raise (</c>, <c>assert (</c> or the attribute.</summary>
    private static bool MayBelongToHiddenLines(FrameView view, FailedStatement statement, string type) =>
        type switch
        {
            "AssertionError" => statement.StartsExcerpt,
            "AttributeError" when view.Source!.IsShortened => true,
            _ => statement.StartsExcerpt && statement.GetExceptionClass().SequenceEqual(type),
        };

    /// <summary>Returns true for a class statement, which cannot fail with hidden carets. Its position in the source is not searched.</summary>
    private static bool IsClass(SourceExcerpt? source) =>
        source is not null && PythonTokens.Read(source.Lines[0]) is { Count: > 0 } tokens && tokens.IsText(0, "class");

    /// <summary>Returns the part that reads the attribute that the error is about.</summary>
    private static SourceSpan? FindAttribute(FailedStatement statement, string? message)
    {
        var part = statement.FindAttribute(out var name);
        var missing = GetQuoted(message, "has no attribute '", "'");
        return missing is null || name.SequenceEqual(missing) ? part : null;
    }

    private static string? GetUndefinedName(PythonError error) =>
        error.Type switch
        {
            "NameError" => GetQuoted(error.Message, "name '", "' is not defined") ?? GetQuoted(error.Message, "free variable '", "'"),
            "UnboundLocalError" => GetQuoted(error.Message, "local variable '", "'"),
            _ => null,
        };

    private static bool IsAboutArguments(string? message) => Has(message, "() missing ") || Has(message, "() takes ");

    /// <summary>Returns true when the error is about the list, set or dict that is being made, and not about the part itself.</summary>
    private static bool IsAboutDisplay(FailedStatement statement, string? message) =>
        statement.IsUnpacked
            ? Has(message, "Value after * must be an iterable") || Has(message, "object is not a mapping")
            : !statement.IsCallOrSubscript && (Has(message, "as a dict key (unhashable") || Has(message, "as a set element (unhashable"));

    private static bool Has(string? message, string part) => message is not null && message.Contains(part, StringComparison.Ordinal);

    /// <summary>Returns the text between two others, or null when the message does not have them.</summary>
    private static string? GetQuoted(string? message, string before, string after)
    {
        var start = message?.IndexOf(before, StringComparison.Ordinal) + before.Length ?? -1;
        if (start < before.Length)
        {
            return null;
        }

        var length = message.AsSpan(start).IndexOf(after, StringComparison.Ordinal);
        return length < 0 ? null : message!.Substring(start, length);
    }
}
