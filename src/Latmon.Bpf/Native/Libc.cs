using System.Runtime.InteropServices;

namespace Latmon.Bpf.Native;

internal static unsafe partial class Libc
{
    private const string Library = "libc";

    internal const int PROT_READ = 1;
    internal const int PROT_WRITE = 2;
    internal const int MAP_SHARED = 1;
    internal const int AT_FDCWD = -100;
    internal const uint STATX_INO = 0x100;
    internal const int AF_INET = 2;
    internal const int SOCK_DGRAM = 2;
    internal const int SOCK_CLOEXEC = 0x80000;
    internal const int PR_SET_NO_NEW_PRIVS = 38;
    internal const uint LINUX_CAPABILITY_VERSION_3 = 0x20080522;

    [StructLayout(LayoutKind.Explicit, Size = 256)]
    internal struct statx_buffer
    {
        [FieldOffset(32)]
        public ulong stx_ino;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct cap_user_header
    {
        public uint version;
        public int pid; // 0: the calling thread
    }

    /// <summary>32 capabilities; the kernel takes two of these.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct cap_user_data
    {
        public uint effective;
        public uint permitted;
        public uint inheritable;
    }

    [LibraryImport(Library, SetLastError = true)]
    internal static partial nint mmap(nint address, nuint length, int protection, int flags, int fd, nint offset);

    [LibraryImport(Library)]
    internal static partial int close(int fd);

    [LibraryImport(Library)]
    internal static partial int munmap(nint address, nuint length);

    [LibraryImport(Library)]
    internal static partial int vsnprintf(byte* buffer, nuint size, byte* format, nint arguments);

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int statx(int directory, string path, int flags, uint mask, statx_buffer* buffer);

    [LibraryImport(Library)]
    internal static partial int socket(int family, int kind, int protocol);

    [LibraryImport(Library)]
    internal static partial int setsockopt(int socket, int level, int option, int* value, uint length);

    [LibraryImport(Library)]
    internal static partial int capget(cap_user_header* header, cap_user_data* data);

    [LibraryImport(Library)]
    internal static partial int capset(cap_user_header* header, cap_user_data* data);

    [LibraryImport(Library)]
    internal static partial int prctl(int option, nuint second, nuint third, nuint fourth, nuint fifth);

    [LibraryImport(Library)]
    internal static partial int getppid();
}
