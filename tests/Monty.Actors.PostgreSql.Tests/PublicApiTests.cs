using Monty.Testing.PublicApi;
using Xunit;

namespace Monty.Actors.PostgreSql.Tests;

public sealed class PublicApiTests
{
    [Fact]
    public void The_public_surface_is_the_committed_one() =>
        SurfaceBaseline.Check(typeof(PostgreSqlJournal).Assembly, typeof(PublicApiTests).Assembly);
}
