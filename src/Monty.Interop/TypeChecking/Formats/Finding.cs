using System.Runtime.InteropServices;
using System.Text.Json;

namespace Monty.Interop.TypeChecking.Formats;

/// <summary>A finding with what only some formats show.</summary>
/// <param name="Diagnostic">What every format shows.</param>
/// <param name="Fingerprint">GitLab's name for it, as the runtime made it.</param>
/// <param name="Address">Where the rule is explained, or null.</param>
/// <param name="Fix">The mend that the checker offers, as its JSON, or null.</param>
/// <param name="Notes">What explains it, as GitHub's format has it: lines joined by <c>%0A</c>.</param>
/// <param name="Block">The block of the full format, in color.</param>
internal sealed record Finding(TypeDiagnostic Diagnostic, string Fingerprint, string? Address, JsonElement? Fix, string Notes, string Block)
{
    /// <summary>The most characters of it that a format shows, file name and numbers aside.</summary>
    public long Length =>
        Math.Max(
            Math.Max(Notes.Length, Block.Length),
            (long)Diagnostic.Message.Length + (Fix is { } fix ? JsonMarshal.GetRawUtf8Value(fix).Length : 0)
        );
}
