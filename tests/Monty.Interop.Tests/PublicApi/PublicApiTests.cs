using Shouldly;
using Xunit;

namespace Monty.Interop.Tests.PublicApi;

public sealed class PublicApiTests
{
    [Fact]
    public void No_wire_type_is_in_the_public_surface() =>
        typeof(MontySession).Assembly.GetExportedTypes().Where(t => t.Namespace is not "Monty.Interop").ShouldBeEmpty();
}
