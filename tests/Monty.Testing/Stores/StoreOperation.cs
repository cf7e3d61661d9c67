namespace Monty.Testing.Stores;

/// <summary>An operation of a store at which a test can make it crash.</summary>
public enum StoreOperation
{
    /// <summary>An engine claims the store.</summary>
    Own,

    /// <summary>A commit. The crash fails all changes in it.</summary>
    Write,

    /// <summary>The highest sequence number of a session is read.</summary>
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

    /// <summary>The sessions of a tenant are listed.</summary>
    List,

    /// <summary>Due sessions are listed.</summary>
    ListDue,

    /// <summary>Active sessions are listed.</summary>
    ListActive,

    /// <summary>Closed sessions are purged.</summary>
    Purge,
}

/// <summary>The moment of a crash.</summary>
public enum CrashMoment
{
    /// <summary>Before the operation has an effect.</summary>
    Before,

    /// <summary>After the operation had its effect. The caller does not get the result.</summary>
    After,
}
