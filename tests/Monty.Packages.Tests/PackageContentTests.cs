using System.Reflection.Metadata;
using System.Text;
using Monty.Testing;
using Shouldly;
using Xunit;

namespace Monty.Packages.Tests;

public sealed class PackageContentTests(PackageFeed feed)
{
    /// <summary>The kind of an embedded source, as the format of portable symbols names it.</summary>
    private static readonly Guid EmbeddedSource = new("0E8A571B-6926-466E-B4AD-8AB04611F5FE");

    private const string Rid = "linux-x64";
    private const string Executable = "runtimes/linux-x64/native/monty";

    [Fact]
    public void The_client_comes_with_documentation_symbols_a_readme_and_a_licence()
    {
        var package = feed.Open("Monty.Interop");
        var nuspec = PackageFeed.Text(package["Monty.Interop.nuspec"]);

        package.Keys.ShouldBeSubsetOf([
            "lib/net10.0/Monty.Interop.dll",
            "lib/net10.0/Monty.Interop.xml",
            "README.md",
            "Monty.Interop.nuspec",
            .. package.Keys.Where(IsEnvelope),
        ]);
        PackageFeed.Text(package["lib/net10.0/Monty.Interop.xml"]).ShouldContain("M:Monty.Interop.MontyPool.RunAsync");
        PackageFeed
            .Text(package["README.md"])
            .ShouldBe(File.ReadAllText(Path.Combine(PackageFeed.Repository, "src/Monty.Interop/README.md")));
        nuspec.ShouldContain("""<license type="expression">MIT</license>""");
        nuspec.ShouldContain("Google.Protobuf");
        nuspec.ShouldNotContain("Monty.Runtime"); // the program chooses its platforms
        feed.Open("Monty.Interop", "snupkg").Keys.ShouldContain("lib/net10.0/Monty.Interop.pdb");
    }

    [Fact]
    public void The_runtime_comes_as_it_was_published_and_says_whose_it_is()
    {
        var package = feed.Open("Monty.Runtime." + Rid);

        package[Executable].ShouldBe(File.ReadAllBytes(Path.Combine(PackageFeed.Repository, "artifacts/runtime/linux-x64-gnu/monty")));
        package.Keys.ShouldContain("buildTransitive/Monty.Runtime.linux-x64.targets");
        package.Keys.ShouldContain("README.md");
        PackageFeed.Text(package["NOTICE.md"]).ShouldContain("Licence: MIT");
        PackageFeed.Text(package["Monty.Runtime.linux-x64.nuspec"]).ShouldContain("""<license type="expression">MIT</license>""");
        package.Keys.ShouldNotContain(k => k.StartsWith("lib/", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Monty.Interop")]
    [InlineData("Monty.Host")]
    public void Nothing_of_ours_names_a_folder_of_the_machine_that_built_it(string id)
    {
        var home = Encoding.UTF8.GetBytes(PackageFeed.Repository + "/");

        foreach (var (path, bytes) in feed.Open(id).Where(f => !f.Key.EndsWith("/monty", StringComparison.Ordinal)))
        {
            bytes.AsSpan().IndexOf(home).ShouldBe(-1, path);
        }
    }

    [Fact]
    public void The_symbols_carry_every_source_under_a_name_without_a_machine()
    {
        using var symbols = MetadataReaderProvider.FromPortablePdbImage([
            .. feed.Open("Monty.Interop", "snupkg")["lib/net10.0/Monty.Interop.pdb"],
        ]);
        var reader = symbols.GetMetadataReader();

        var documents = reader.Documents.Select(d => reader.GetString(reader.GetDocument(d).Name)).ToList();
        var embedded = reader
            .CustomDebugInformation.Select(reader.GetCustomDebugInformation)
            .Count(i => reader.GetGuid(i.Kind) == EmbeddedSource);

        documents.ShouldContain("/_/src/Monty.Interop/Pool/MontyPool.cs");
        documents.ShouldAllBe(d => d.StartsWith("/_/", StringComparison.Ordinal) || !Path.IsPathRooted(d));
        embedded.ShouldBe(documents.Count);
    }

    [Fact]
    public async Task A_platform_whose_runtime_nobody_published_has_no_package_and_the_pack_goes_on()
    {
        using var folder = new TempFolder();

        var said = await PackRuntimeAsync(folder, "win-x64");

        said.ShouldContain("No Monty runtime is pinned for win-x64");
        Directory.GetFiles(folder.Path, "*.nupkg").ShouldBeEmpty();
    }

    [Fact]
    public async Task Another_platform_gets_its_package_by_the_same_way()
    {
        using var folder = new TempFolder();
        var file = folder.Write("built-elsewhere", "a program");

        await PackRuntimeAsync(folder, "win-x64", "-p:MontyRuntimePath=" + file);

        var package = PackageFeed.Read(Directory.GetFiles(folder.Path, "Monty.Runtime.win-x64.*.nupkg").Single());
        PackageFeed.Text(package["runtimes/win-x64/native/monty.exe"]).ShouldBe("a program");
        package.Keys.ShouldContain("buildTransitive/Monty.Runtime.win-x64.targets");
    }

    /// <summary>What the format of packages adds.</summary>
    private static bool IsEnvelope(string path) =>
        path is "[Content_Types].xml"
        || path.StartsWith("_rels/", StringComparison.Ordinal)
        || path.StartsWith("package/", StringComparison.Ordinal);

    private static Task<string> PackRuntimeAsync(TempFolder folder, string rid, params string[] more) =>
        Command.RunAsync(
            folder.Path,
            "dotnet",
            [
                "pack",
                Path.Combine(PackageFeed.Repository, "src/Monty.Runtime"),
                "--no-build",
                "-c",
                "Release",
                "-o",
                folder.Path,
                "-p:MontyRuntimeIdentifier=" + rid,
                .. more,
            ]
        );
}
