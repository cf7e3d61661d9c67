using System.Diagnostics;
using Monty.Actors.Journal;

namespace Monty.Actors.PostgreSql;

/// <summary>One round of a commit: writes of different sessions, which one statement can hold.</summary>
internal sealed record CommitRound(List<AppendWrite> Appends, List<ClaimWrite> Claims)
{
    /// <summary>Splits writes so that those of one session are in rounds of their own, in order. Mostly that is one round.</summary>
    public static List<CommitRound> Split(IReadOnlyList<JournalWrite> writes)
    {
        List<CommitRound> rounds = [];
        Dictionary<SessionId, int> next = [];
        foreach (var write in writes)
        {
            var session = write switch
            {
                AppendWrite append => append.Append.Session,
                ClaimWrite claim => claim.Session,
                _ => throw new UnreachableException(),
            };
            var round = next.GetValueOrDefault(session);
            next[session] = round + 1;
            if (round == rounds.Count)
            {
                rounds.Add(new CommitRound([], []));
            }

            if (write is AppendWrite a)
            {
                rounds[round].Appends.Add(a);
            }
            else
            {
                rounds[round].Claims.Add((ClaimWrite)write);
            }
        }

        foreach (var round in rounds) // all processes lock rows in one order, and none waits for one that waits for it
        {
            round.Appends.Sort((a, b) => a.Append.Session.CompareTo(b.Append.Session));
            round.Claims.Sort((a, b) => a.Session.CompareTo(b.Session));
        }

        return rounds;
    }
}
