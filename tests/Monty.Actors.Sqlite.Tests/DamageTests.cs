using System.Text;
using Monty.Actors.Persistence;
using Monty.Testing.Stores;
using Shouldly;
using Xunit;

namespace Monty.Actors.Sqlite.Tests;

/// <summary>Tests a file that the disk damaged. A read returns the written data, or an error or the seal reveals the damage.</summary>
public sealed class DamageTests : IAsyncDisposable
{
    private const string Manifest = "change/1";
    private static readonly SessionId Session = Changes.Session("s");
    private readonly Seal seal = new([new SealKey(7, Enumerable.Repeat((byte)0x5A, 32).ToArray())]);
    private readonly SqliteTestStore place = new();

    public ValueTask DisposeAsync() => place.DisposeAsync();

    [Fact]
    public async Task After_any_byte_of_the_file_is_flipped_a_read_returns_the_written_data_or_an_error()
    {
        await WriteAsync();
        var whole = await File.ReadAllBytesAsync(place.Path, TestContext.Current.CancellationToken);
        var random = new Random(11);
        var (errors, intact) = (0, 0);
        for (var round = 0; round < 250; round++)
        {
            var damaged = (byte[])whole.Clone();
            damaged[random.Next(damaged.Length)] ^= (byte)(1 << random.Next(8));
            if (round % 10 == 0)
            {
                damaged = damaged[..random.Next(damaged.Length)];
            }

            foreach (var beside in (string[])["-wal", "-shm"])
            {
                File.Delete(place.Path + beside);
            }

            await File.WriteAllBytesAsync(place.Path, damaged, TestContext.Current.CancellationToken);
            try
            {
                await using var store = await place.OpenAsync();
                await store.FindAsync(Session, TestContext.Current.CancellationToken);
                var rows = await store.ReadAllAsync(Session);
                foreach (var row in rows)
                {
                    Check(row, $"change {row.SequenceNumber} of s");
                }

                if (await store.FindSnapshotAsync(Session.Key(), long.MaxValue, TestContext.Current.CancellationToken) is { } snapshot)
                {
                    Check(snapshot, "snapshot of s");
                }

                intact++;
            }
            catch (SessionStoreException)
            {
                errors++;
            }
        }

        errors.ShouldBeGreaterThan(10);
        intact.ShouldBeGreaterThan(10);
    }

    private void Check(StoredRow row, string text)
    {
        if (seal.Open(Manifest, row.Payload, out _) is { } opened)
        {
            Encoding.UTF8.GetString(opened.Span).ShouldBe(text);
        }
    }

    private async Task WriteAsync()
    {
        await using var store = await place.OpenAsync();
        foreach (var session in (SessionId[])[Session, Changes.Session("t")])
        {
            store.WriteAll([.. Enumerable.Range(1, 4).Select(i => Sealed(Changes.Change(session, i), $"change {i} of {session.Name}"))]);
            var snapshot = Changes.Snapshot(4) with { Payload = Sealed($"snapshot of {session.Name}") };
            await store.SaveSnapshotAsync(session.Key(), snapshot, TestContext.Current.CancellationToken);
        }
    }

    private ChangeWrite Sealed(ChangeWrite change, string text) =>
        change with
        {
            Row = change.Row with { Payload = Sealed(text) },
            Summary = Changes.Summary(labels: ["red"]),
        };

    private byte[] Sealed(string text)
    {
        var bytes = new byte[Encoding.UTF8.GetByteCount(text) + seal.AddedBytes];
        Encoding.UTF8.GetBytes(text, bytes);
        seal.Write(Manifest, bytes);
        return bytes;
    }
}
