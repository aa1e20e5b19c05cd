using Latmon.Bpf.Native;

namespace Latmon.Bpf;

/// <summary>
/// A UDP socket that nothing is sent to; what counts is the option that is set on it. Not the runtime's own, whose first socket
/// starts a thread, which would keep the privileges of that moment.
/// </summary>
public sealed unsafe class IdleSocket : IDisposable
{
    private int _fd;

    /// <param name="level">Of the option, as in setsockopt(2); its value is 1.</param>
    public IdleSocket(int level, int option)
    {
        int on = 1;
        _fd = Libc.socket(Libc.AF_INET, Libc.SOCK_DGRAM | Libc.SOCK_CLOEXEC, 0);
        IsSet = _fd >= 0 && Libc.setsockopt(_fd, level, option, &on, sizeof(int)) == 0;
    }

    /// <summary>False when the kernel refused the socket or its option.</summary>
    public bool IsSet { get; }

    public void Dispose()
    {
        int fd = Interlocked.Exchange(ref _fd, -1);
        if (fd >= 0)
        {
            _ = Libc.close(fd);
        }
    }
}
