using Monty.Testing;
using Shouldly;
using Xunit;

namespace Monty.Interop.Tests.Sizes;

/// <summary>Reads and writes that are too large are refused before the data is built, with an error that the script can catch.</summary>
[Collection(LargeValues.Name)]
public sealed class LargeFileTests : LargeValueTest
{
    private const int MB = 1_000_000;
    private readonly TempFolder folder = new();

    protected override void Dispose(bool disposing)
    {
        folder.Dispose();
        base.Dispose(disposing);
    }

    [LinuxTheory]
    [InlineData("Path('/d/control.txt').read_text()")]
    [InlineData("Path('/d/control.txt').read_bytes()")]
    [InlineData("open('/d/control.txt').read()")]
    public async Task Reading_199_MB_of_control_characters_raises_an_OSError_that_the_script_catches(string read)
    {
        Write("control.txt", 199 * MB, 1);
        using var os = new MontyOs(new MontyOsOptions { Mounts = [MontyMount.ReadOnly(folder.Path, "/d")] });
        using var pool = new MontyPool();

        var result = await pool.RunAsync(
                $"from pathlib import Path\ntry:\n    r = len({read})\nexcept OSError as error:\n    r = str(error)\nr",
                new FeedOptions { Os = os }
            )
            .InTime();

        result.Value.ShouldBe("[Errno 27] File too large: '/d/control.txt'");
    }

    [LinuxTheory]
    [InlineData(OsFunction.ReadText)]
    [InlineData(OsFunction.ReadBytes)]
    public void A_file_is_refused_before_its_content_is_read(OsFunction function)
    {
        SetLength("large", MontyJson.MaxTextLength + 1L);
        using var os = new MontyOs(new MontyOsOptions { Mounts = [MontyMount.Overlay(folder.Path, "/d")] });

        GetError(os, function, "/d/large").ShouldBe("OSError: [Errno 27] File too large: '/d/large'");
    }

    [LinuxFact]
    public void Reading_the_largest_file_allocates_its_bytes_and_its_text_and_no_more()
    {
        SetLength("large", MontyJson.MaxTextLength);
        using var os = new MontyOs(new MontyOsOptions { Mounts = [MontyMount.ReadOnly(folder.Path, "/d")] });
        var before = GC.GetAllocatedBytesForCurrentThread();

        var answer = os.Answer(new MontyOsCall(OsFunction.ReadText, [new MontyPath("/d/large")], 0));

        ((ReturnAnswer)answer).Value.AsString().Length.ShouldBe(MontyJson.MaxTextLength);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan((3L * MontyJson.MaxTextLength) + Allocations.Small);
    }

    [LinuxTheory]
    [InlineData("/memory/a", 50, "[Errno 28] No space left on device")]
    [InlineData("/overlay/a", 50, "[Errno 28] No space left on device")]
    [InlineData("/folder/a", 50, "[Errno 28] No space left on device")]
    [InlineData("/roomy/a", 60, "[Errno 27] File too large")]
    public void A_text_that_is_too_large_to_write_is_refused_before_it_is_encoded(string path, int millions, string error)
    {
        using var os = new MontyOs(
            new MontyOsOptions
            {
                Mounts =
                [
                    MontyMount.InMemory("/memory", maxBytes: MB),
                    MontyMount.Overlay(folder.Path, "/overlay", maxBytes: MB),
                    MontyMount.ReadWrite(folder.Path, "/folder", maxWrittenBytes: MB),
                    MontyMount.InMemory("/roomy", maxBytes: long.MaxValue),
                ],
            }
        );
        MontyValue text = new string('日', millions * MB);

        GetError(os, OsFunction.WriteText, path, text).ShouldBe($"OSError: {error}: '{path}'");
        GetError(os, OsFunction.AppendText, path, text).ShouldBe($"OSError: {error}: '{path}'");
    }

    [LinuxFact]
    public void A_file_of_the_lower_tree_is_not_copied_when_the_overlay_has_no_space_for_it()
    {
        SetLength("large", 160 * MB);
        using var small = new MontyOs(new MontyOsOptions { Mounts = [MontyMount.Overlay(folder.Path, "/d", maxBytes: MB)] });
        using var large = new MontyOs(new MontyOsOptions { Mounts = [MontyMount.Overlay(folder.Path, "/d", maxBytes: long.MaxValue)] });

        GetError(small, OsFunction.AppendText, "/d/large", "x").ShouldBe("OSError: [Errno 28] No space left on device: '/d/large'");
        GetError(small, OsFunction.Rename, "/d/large", new MontyPath("/d/other"))
            .ShouldBe("OSError: [Errno 28] No space left on device: '/d/large' -> '/d/other'");
        GetError(large, OsFunction.AppendBytes, "/d/large", new MontyBytes(new byte[10 * MB]))
            .ShouldBe("OSError: [Errno 27] File too large: '/d/large'");
    }

    [Fact]
    public async Task A_path_of_any_length_raises_an_OSError_that_the_script_can_catch()
    {
        using var os = new MontyOs(new MontyOsOptions { Mounts = [MontyMount.InMemory("/m")] });
        using var pool = new MontyPool();

        var result = await pool.RunAsync(
                "from pathlib import Path\ntry:\n    Path('\\x01' * 100_000_000).read_text()\nexcept OSError as error:\n    r = str(error)\nr",
                new FeedOptions { Os = os }
            )
            .InTime();

        result.Value.AsString().ShouldStartWith(@"[Errno 36] File name too long: '\x01\x01");
        result.Value.AsString().Length.ShouldBeLessThan(70_000);
    }

    private static string GetError(MontyOs os, OsFunction function, string path, params MontyValue[] more)
    {
        var call = new MontyOsCall(function, [new MontyPath(path), .. more], 0);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var answer = os.Answer(call);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(Allocations.Small);
        return ((RaiseAnswer)answer).Error.TypeAndMessage;
    }

    private void Write(string name, long length, byte content)
    {
        using var file = File.Create(folder.File(name));
        var piece = new byte[MB];
        piece.AsSpan().Fill(content);
        for (; length > 0; length -= piece.Length)
        {
            file.Write(piece);
        }
    }

    /// <summary>Creates a sparse file, which takes no space on the disk.</summary>
    private void SetLength(string name, long length)
    {
        using var file = File.Create(folder.File(name));
        file.SetLength(length);
    }
}
