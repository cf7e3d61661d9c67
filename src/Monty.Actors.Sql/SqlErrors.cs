using System.Data.Common;
using Monty.Actors.Persistence.Sql;

namespace Monty.Actors.Sql;

/// <summary>Explains the failures of the database, its driver and the plug-ins.</summary>
internal static class SqlErrors
{
    /// <summary>Returns a failure of the store. Its message contains no stored values. The messages of drivers may contain them.</summary>
    public static SessionStoreException Explain(string what, Exception failure) =>
        failure switch
        {
            SessionStoreException explained => explained,
            _ when SqlReads.IsOfTheRow(failure) => new(
                $"{what} failed: a row contains invalid data. Restore the store from a backup.",
                failure
            ),
            TimeoutException => new($"{what} failed: the database did not answer in time. The next call tries again.", failure),
            _ => new(
                $"{what} failed: the database cannot be reached, or reported an error (see the inner exception). The next call connects again.",
                failure
            ),
        };

    /// <summary>
    /// Returns true if a row of a write violates a constraint or contains an invalid value (classes 22 and 23 of SQLSTATE), so that it is certainly not stored.
    /// </summary>
    public static bool IsOfTheWrite(Exception failure)
    {
        for (var cause = failure; cause is not null; cause = cause.InnerException)
        {
            if (cause is DbException { SqlState: { } state })
            {
                return state.StartsWith("22", StringComparison.Ordinal) || state.StartsWith("23", StringComparison.Ordinal);
            }
        }

        return false;
    }
}
