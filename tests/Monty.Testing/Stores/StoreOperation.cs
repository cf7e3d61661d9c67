namespace Monty.Testing.Stores;

/// <summary>An operation of a store, where a test lets it crash.</summary>
public enum StoreOperation
{
    /// <summary>An engine takes the store.</summary>
    Own,

    /// <summary>A commit: it fails all changes in it.</summary>
    Write,

    /// <summary>The highest sequence number of a session is asked for.</summary>
    FindHighest,

    /// <summary>A page of changes is read.</summary>
    Read,

    /// <summary>A snapshot is saved.</summary>
    SaveSnapshot,

    /// <summary>A snapshot is read.</summary>
    FindSnapshot,

    /// <summary>Snapshots are deleted.</summary>
    DeleteSnapshots,

    /// <summary>A row of the index is read.</summary>
    Find,

    /// <summary>A tenant's sessions are listed.</summary>
    List,

    /// <summary>Due sessions are listed.</summary>
    ListDue,

    /// <summary>Active sessions are listed.</summary>
    ListActive,

    /// <summary>Closed sessions are purged.</summary>
    Purge,
}

/// <summary>When an operation crashes.</summary>
public enum CrashMoment
{
    /// <summary>Nothing has happened.</summary>
    Before,

    /// <summary>It has happened, and the caller does not learn of it.</summary>
    After,
}
