using Latmon.Bpf.Native;

namespace Latmon.Bpf;

/// <summary>The inode number behind a path, which for a namespace file is the namespace's own number.</summary>
public static class Inode
{
    public static unsafe bool TryGet(string path, out ulong inode)
    {
        Libc.statx_buffer buffer;
        bool found = Libc.statx(Libc.AT_FDCWD, path, 0, Libc.STATX_INO, &buffer) == 0;
        inode = found ? buffer.stx_ino : 0;
        return found;
    }
}
