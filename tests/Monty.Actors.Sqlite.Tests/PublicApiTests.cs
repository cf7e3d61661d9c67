using Monty.Testing.PublicApi;
using Xunit;

namespace Monty.Actors.Sqlite.Tests;

public sealed class PublicApiTests
{
    [Fact]
    public void The_public_surface_is_the_committed_one() =>
        SurfaceBaseline.Check(typeof(SqliteJournal).Assembly, typeof(PublicApiTests).Assembly);
}
