using Monty.Interop.Values.Clr;
using Shouldly;
using Xunit;

namespace Monty.Interop.Tests.Values;

public sealed class NearestNameTests
{
    private static readonly string[] Names = ["City", "ZipCode", "C", "State"];

    [Theory]
    [InlineData("city", "City")]
    [InlineData("zip_code", "ZipCode")]
    [InlineData("zip_coed", "ZipCode")]
    [InlineData("zipcod", "ZipCode")]
    [InlineData("ZipCodes", "ZipCode")]
    [InlineData("c", "C")]
    [InlineData("stat", "State")]
    [InlineData("K", null)]
    [InlineData("zip", null)]
    [InlineData("country", null)]
    [InlineData("", null)]
    public void A_name_is_near_when_it_differs_in_case_underscores_or_few_letters(string unknown, string? nearest) =>
        NearestName.Find(Names, unknown).ShouldBe(nearest);

    [Fact]
    public void A_very_long_name_is_not_compared() => NearestName.Find([new string('a', 101)], new string('a', 101)).ShouldBeNull();
}
