using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Monty.Interop.TypeChecking.Formats;

/// <summary>A finding with what only some formats show.</summary>
/// <param name="Diagnostic">The part that every format shows.</param>
internal sealed record Finding(TypeDiagnostic Diagnostic)
{
    /// <summary>GitLab's name for it, as the runtime made it where it was asked.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>The address of the page that explains the rule, or null.</summary>
    public string? Address { get; init; }

    /// <summary>The fix that the checker offers, as its JSON, or null.</summary>
    public JsonElement? Fix { get; init; }

    /// <summary>The message and the notes on it, as GitHub's format has them: lines joined by <c>%0A</c>.</summary>
    public required string Notes { get; init; }

    /// <summary>The block of the full format, in color where the runtime made it.</summary>
    public required string Block { get; init; }

    /// <summary>The most characters of it that a format shows, file name and numbers aside.</summary>
    public long Length =>
        Math.Max(
            Math.Max(Notes.Length, Block.Length),
            (long)Diagnostic.Message.Length + (Fix is { } fix ? JsonMarshal.GetRawUtf8Value(fix).Length : 0)
        );

    /// <summary>A finding of this client, which stands at the start of the code and has no excerpt.</summary>
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

    /// <summary>A fingerprint in the runtime's form, for a finding whose own is not known.</summary>
    public static string FingerprintOf(TypeDiagnostic diagnostic) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(diagnostic.ToString())).AsSpan(0, 8));
}
