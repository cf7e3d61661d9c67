namespace Monty.Interop.Os;

/// <summary>Creates the result of <c>stat</c>, with the ten fields of <c>os.stat_result</c>. Owner, device and inode are 0, so that they reveal nothing about the host.</summary>
internal static class StatResult
{
    public static MontyNamedTuple Create(FileEntry entry) =>
        new(
            "StatResult",
            [
                new("st_mode", entry.Mode),
                new("st_ino", 0),
                new("st_dev", 0),
                new("st_nlink", 1),
                new("st_uid", 0),
                new("st_gid", 0),
                new("st_size", entry.Size),
                new("st_atime", entry.Modified),
                new("st_mtime", entry.Modified),
                new("st_ctime", entry.Modified),
            ]
        );
}
