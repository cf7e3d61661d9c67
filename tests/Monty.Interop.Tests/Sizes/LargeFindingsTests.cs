using Monty.Interop.TypeChecking;
using Monty.Interop.TypeChecking.Formats;
using Monty.Testing;
using Shouldly;
using Xunit;

namespace Monty.Interop.Tests.Sizes;

/// <summary>Findings quote names and lines of the script, which may have any length.</summary>
[Collection(LargeValues.Name)]
public sealed class LargeFindingsTests : LargeValueTest
{
    [Fact]
    public void Findings_longer_than_a_format_takes_are_refused_in_each()
    {
        var diagnostic = new TypeDiagnostic("rule", TypeSeverity.Error, "message", "main.py", new(1, 1), new(1, 2));
        var finding = new Finding(diagnostic)
        {
            Fingerprint = "",
            Notes = "",
            Block = new string('x', MontyJson.MaxTextLength + 1),
        };
        var report = new TypeCheckReport([finding], "");

        foreach (var format in Enum.GetValues<TypeCheckFormat>())
        {
            Allocations.OfRefusal(() => report.Render(format)).Size.ShouldBe(MontyJson.MaxTextLength + 1);
        }
    }
}
