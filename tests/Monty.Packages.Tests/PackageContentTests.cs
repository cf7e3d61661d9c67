using System.Reflection.Metadata;
using System.Text;
using Monty.Testing;
using Shouldly;
using Xunit;

namespace Monty.Packages.Tests;

public sealed class PackageContentTests(PackageFeed feed)
{
    /// <summary>The kind of the embedded source in the portable PDB format.</summary>
    private static readonly Guid EmbeddedSource = new("0E8A571B-6926-466E-B4AD-8AB04611F5FE");

    private const string Rid = "linux-x64";
    private const string Executable = "runtimes/linux-x64/native/monty";

    [Fact]
    public void The_package_of_the_client_has_documentation_symbols_a_readme_and_a_license()
    {
        var package = feed.Open("Monty.Interop");
        var nuspec = PackageFeed.Text(package["Monty.Interop.nuspec"]);

        package.Keys.ShouldBeSubsetOf([
            "lib/net10.0/Monty.Interop.dll",
            "lib/net10.0/Monty.Interop.xml",
            "README.md",
            "Monty.Interop.nuspec",
            .. package.Keys.Where(IsPackageMetadata),
        ]);
        PackageFeed.Text(package["lib/net10.0/Monty.Interop.xml"]).ShouldContain("M:Monty.Interop.MontyPool.RunAsync");
        PackageFeed
            .Text(package["README.md"])
            .ShouldBe(File.ReadAllText(Path.Combine(PackageFeed.Repository, "src/Monty.Interop/README.md")));
        nuspec.ShouldContain("""<license type="expression">MIT</license>""");
        nuspec.ShouldContain("Google.Protobuf");
        nuspec.ShouldNotContain("Monty.Runtime"); // The program chooses its platforms.
        feed.Open("Monty.Interop", "snupkg").Keys.ShouldContain("lib/net10.0/Monty.Interop.pdb");
    }

    [Theory]
    [InlineData("Monty.Actors.Sqlite")]
    [InlineData("Monty.Actors.PostgreSql")]
    [InlineData("Monty.Actors.Sql")]
    public void The_package_of_a_store_requires_the_engine_of_exactly_its_own_version(string id) =>
        PackageFeed.Text(feed.Open(id)[id + ".nuspec"]).ShouldContain($"""<dependency id="Monty.Actors" version="[{feed.Version}]" """);

    [Fact]
    public void The_package_of_the_runtime_has_the_unchanged_executable_and_a_notice()
    {
        var package = feed.Open("Monty.Runtime." + Rid);

        package[Executable].ShouldBe(File.ReadAllBytes(Path.Combine(PackageFeed.Repository, "artifacts/runtime/linux-x64-gnu/monty")));
        package.Keys.ShouldContain("buildTransitive/Monty.Runtime.linux-x64.targets");
        package.Keys.ShouldContain("README.md");
        PackageFeed.Text(package["NOTICE.md"]).ShouldContain("License: MIT");
        PackageFeed.Text(package["Monty.Runtime.linux-x64.nuspec"]).ShouldContain("""<license type="expression">MIT</license>""");
        package.Keys.ShouldNotContain(k => k.StartsWith("lib/", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Monty.Interop")]
    [InlineData("Monty.Host")]
    public void Our_files_do_not_contain_paths_of_the_build_machine(string id)
    {
        var repository = Encoding.UTF8.GetBytes(PackageFeed.Repository + "/");

        foreach (var (path, bytes) in feed.Open(id).Where(f => !f.Key.EndsWith("/monty", StringComparison.Ordinal)))
        {
            bytes.AsSpan().IndexOf(repository).ShouldBe(-1, path);
        }
    }

    [Fact]
    public void The_symbols_embed_every_source_file_under_a_path_without_the_build_machine()
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
    public async Task Packing_a_platform_without_a_pinned_runtime_creates_no_package_and_succeeds()
    {
        using var folder = new TempFolder();

        var output = await PackRuntimeAsync(folder, "win-x64");

        output.ShouldContain("No package is created: no Monty runtime is pinned for win-x64.");
        Directory.GetFiles(folder.Path, "*.nupkg").ShouldBeEmpty();
    }

    [Fact]
    public async Task A_runtime_for_another_platform_can_be_packed()
    {
        using var folder = new TempFolder();
        var file = folder.Write("built-elsewhere", "a program");

        await PackRuntimeAsync(folder, "win-x64", "-p:MontyRuntimePath=" + file);

        var package = PackageFeed.Read(Directory.GetFiles(folder.Path, "Monty.Runtime.win-x64.*.nupkg").Single());
        PackageFeed.Text(package["runtimes/win-x64/native/monty.exe"]).ShouldBe("a program");
        package.Keys.ShouldContain("buildTransitive/Monty.Runtime.win-x64.targets");
    }

    /// <summary>Returns true for the files that the package format adds.</summary>
    private static bool IsPackageMetadata(string path) =>
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
