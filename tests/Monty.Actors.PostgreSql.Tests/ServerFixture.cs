using Monty.Actors.PostgreSql.Tests;
using Monty.Testing.Journals;
using Xunit;

[assembly: AssemblyFixture(typeof(ServerFixture))]

namespace Monty.Actors.PostgreSql.Tests;

/// <summary>One server for all tests of the assembly; those that kill theirs start another.</summary>
public sealed class ServerFixture : IAsyncLifetime
{
    public async ValueTask InitializeAsync() => PostgreSqlStore.Server = await PostgreSqlServer.StartNewAsync();

    public ValueTask DisposeAsync() => PostgreSqlStore.Server is { } server ? server.DisposeAsync() : ValueTask.CompletedTask;
}
