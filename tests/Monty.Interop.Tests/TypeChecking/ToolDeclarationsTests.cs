using Monty.Interop.TypeChecking;
using Shouldly;
using Xunit;

namespace Monty.Interop.Tests.TypeChecking;

public sealed class ToolDeclarationsTests
{
    private static readonly MontyTool Fetch = MontyTool.Sync("fetch", _ => MontyValue.None);
    private static readonly MontyTool Later = MontyTool.Async("later", (_, _) => ValueTask.FromResult(MontyValue.None));

    [Fact]
    public void Tools_are_declared_below_the_stubs_so_that_their_lines_stay() =>
        ToolDeclarations
            .AddMissing("x: int", [Fetch, Later])
            .ShouldBe(
                """
                x: int
                from typing import Any
                def fetch(*args: Any, **kwargs: Any) -> Any: ...
                async def later(*args: Any, **kwargs: Any) -> Any: ...

                """
            );

    [Theory]
    [InlineData("def fetch(url: str) -> str: ...")]
    [InlineData("async  def fetch(url: str) -> str: ...")]
    [InlineData("def fetch[T](url: T) -> T: ...")]
    [InlineData("class fetch: ...")]
    [InlineData("from typing import Any\nfetch: Any")]
    [InlineData("fetch = print")]
    public void Declared_tools_are_left_alone(string stubs) => ToolDeclarations.AddMissing(stubs, [Fetch]).ShouldBe(stubs);

    [Theory]
    [InlineData("def fetch_all(url: str) -> str: ...")]
    [InlineData("class A:\n    def fetch(self): ...")]
    [InlineData("# fetch is a tool")]
    public void Other_declarations_are_not_taken_for_it(string stubs) =>
        ToolDeclarations.AddMissing(stubs, [Fetch]).ShouldContain("\ndef fetch(*args");
}
