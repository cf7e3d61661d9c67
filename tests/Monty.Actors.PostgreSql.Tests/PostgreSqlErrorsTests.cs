using Npgsql;
using Shouldly;
using Xunit;

namespace Monty.Actors.PostgreSql.Tests;

/// <summary>Tests that errors of the server are explained with the problem and its fix.</summary>
public sealed class PostgreSqlErrorsTests
{
    /// <summary>A backend whose server was killed may live long enough to report it.</summary>
    [Theory]
    [InlineData("57P01")]
    [InlineData("57P02")]
    [InlineData("57P03")]
    public void A_server_that_is_stopping_or_starting_cannot_be_reached(string state)
    {
        var said = new PostgresException("terminating connection due to unexpected postmaster exit", "FATAL", "FATAL", state);

        PostgreSqlErrors
            .Explain("A commit", said)
            .Message.ShouldBe(
                "A commit failed: the server cannot be reached, because it is stopping or starting. The next call connects again."
            );
        PostgreSqlErrors.IsConnectionLost(said).ShouldBeTrue();
    }

    [Fact]
    public void A_value_that_the_server_rejects_is_not_shown()
    {
        var said = new PostgresException("invalid input syntax for type json: \"secret\"", "ERROR", "ERROR", "22P02");

        PostgreSqlErrors.Explain("A commit", said).Message.ShouldBe("A commit failed: the server rejected a value of a row (22P02).");
        PostgreSqlErrors.IsConnectionLost(said).ShouldBeFalse();
    }
}
