using System.Security.Cryptography;
using Google.Protobuf;

namespace Monty.Actors.Persistence;

/// <summary>Encodes the answers of a feed for a snapshot, so that reading the snapshot need not decode each of them.</summary>
/// <remarks>
/// An answer is decoded long after its snapshot was accepted, when damage could no longer be handled. Therefore a hash of the bytes is checked when the
/// snapshot is read.
/// </remarks>
internal static class AnswersCodec
{
    /// <summary>Returns the encoded answers, or null if there are none.</summary>
    public static Proto.Answers? Write(CallAnswers answers)
    {
        var written = new Proto.Answers();
        using var bytes = new MemoryStream();
        foreach (var id in answers.CallIds)
        {
            var before = bytes.Length;
            if (answers.TryFindEncoded(id, out var encoded))
            {
                bytes.Write(encoded.Span);
            }
            else
            {
                ValueCodec.Write(answers.Find(id)!).WriteTo(bytes);
            }

            written.CallIds.Add(id);
            written.Lengths.Add((uint)(bytes.Length - before));
        }

        if (written.CallIds.Count == 0)
        {
            return null;
        }

        var all = bytes.ToArray();
        written.Bytes = UnsafeByteOperations.UnsafeWrap(all);
        written.Hash = UnsafeByteOperations.UnsafeWrap(SHA256.HashData(all));
        return written;
    }

    /// <exception cref="StoredFormatException">The answers are damaged.</exception>
    public static CallAnswers Read(Proto.Answers? stored)
    {
        if (stored is null)
        {
            return CallAnswers.Empty;
        }

        var bytes = stored.Bytes.Memory;
        if (stored.CallIds.Count != stored.Lengths.Count || !stored.Hash.Span.SequenceEqual(SHA256.HashData(bytes.Span)))
        {
            throw new StoredFormatException("answers that are damaged");
        }

        uint[] ids = [.. stored.CallIds];
        var ends = new int[ids.Length];
        var end = 0L;
        for (var i = 0; i < ids.Length; i++)
        {
            end += stored.Lengths[i];
            if (end > bytes.Length || (i > 0 && ids[i] <= ids[i - 1]))
            {
                throw new StoredFormatException("answers that are not in order");
            }

            ends[i] = (int)end;
        }

        return CallAnswers.From(
            new EncodedAnswers(ids, ends, bytes, encoded => ValueCodec.Read(Proto.Answer.Parser.ParseFrom(encoded.Span)))
        );
    }
}
