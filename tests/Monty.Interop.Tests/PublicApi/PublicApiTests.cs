using Monty.Testing.PublicApi;
using Shouldly;
using Xunit;

namespace Monty.Interop.Tests.PublicApi;

public sealed class PublicApiTests
{
    [Fact]
    public void The_public_surface_is_the_committed_one() =>
        SurfaceBaseline.Check(typeof(MontySession).Assembly, typeof(PublicApiTests).Assembly);

    [Fact]
    public void No_wire_type_is_in_the_public_surface() =>
        typeof(MontySession).Assembly.GetExportedTypes().Where(t => t.Namespace is not "Monty.Interop").ShouldBeEmpty();
}
