using Monty.Actors.Sql.Tests;
using Monty.Testing.Stores;
using Xunit;

[assembly: AssemblyFixture(typeof(ServerFixture))]

namespace Monty.Actors.Sql.Tests;

/// <summary>One server for all tests of the assembly.</summary>
public sealed class ServerFixture : IAsyncLifetime
{
    public async ValueTask InitializeAsync() => PostgreSqlTestStore.Server = await PostgreSqlServer.StartNewAsync();

    public ValueTask DisposeAsync() => PostgreSqlTestStore.Server is { } server ? server.DisposeAsync() : ValueTask.CompletedTask;
}
