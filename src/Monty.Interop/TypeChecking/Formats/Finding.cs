using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Monty.Interop.TypeChecking.Formats;

/// <summary>A finding with the details that only some formats show.</summary>
/// <param name="Diagnostic">The part that every format shows.</param>
internal sealed record Finding(TypeDiagnostic Diagnostic)
{
    /// <summary>The fingerprint for GitLab's format. It comes from the runtime if the format was requested there.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>The address of the page that explains the rule, or null.</summary>
    public string? Address { get; init; }

    /// <summary>The fix that the checker offers, as its JSON, or null.</summary>
    public JsonElement? Fix { get; init; }

    /// <summary>The message and the notes on it, as GitHub's format has them: lines joined by <c>%0A</c>.</summary>
    public required string Notes { get; init; }

    /// <summary>The block of the full format, in color if it comes from the runtime.</summary>
    public required string Block { get; init; }

    /// <summary>The maximum number of characters that a format shows of it, without file name and numbers.</summary>
    public long Length =>
        Math.Max(
            Math.Max(Notes.Length, Block.Length),
            (long)Diagnostic.Message.Length + (Fix is { } fix ? JsonMarshal.GetRawUtf8Value(fix).Length : 0)
        );

    /// <summary>Creates a finding of this client, which is located at the start of the code and has no excerpt.</summary>
    public static Finding Create(string rule, TypeSeverity severity, string message, string fileName)
    {
        var place = new SourceLocation(1, 1);
        var diagnostic = new TypeDiagnostic(rule, severity, message, fileName, place, place);
        return new Finding(diagnostic)
        {
            Fingerprint = FingerprintOf(diagnostic),
            Notes = message,
            Block = diagnostic + "\n\n",
        };
    }

    /// <summary>Returns a fingerprint in the runtime's form, for a finding whose own is not known.</summary>
    public static string FingerprintOf(TypeDiagnostic diagnostic) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(diagnostic.ToString())).AsSpan(0, 8));
}
