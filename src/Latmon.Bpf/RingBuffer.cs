using System.Runtime.CompilerServices;
using Latmon.Bpf.Native;

namespace Latmon.Bpf;

/// <summary>
/// The consumer's side of a BPF ring buffer, mapped into this process. One thread drains it.
/// </summary>
/// <remarks>
/// libbpf's own reader makes one native-to-managed call and one store of the consumer position per record; reading the
/// mapping takes a whole run of records at once and stores it once.
/// <code>
///  fd: | consumer page (rw) | producer page (r) | data (r) | data again (r) |
/// </code>
/// The data is mapped twice in a row, so that a record that wraps is contiguous. A record is an 8-byte header (length with
/// a busy and a discard bit on top, kernel/bpf/ringbuf.c) and its bytes, padded to 8.
/// </remarks>
public sealed unsafe class RingBuffer : IDisposable
{
    /// <summary>Bytes before each record.</summary>
    public const int HeaderBytes = 8;

    /// <summary>Set in a header's length while the producer still writes it.</summary>
    public const uint Busy = 1u << 31;

    /// <summary>Set in a header's length when the producer gave the record up.</summary>
    public const uint Discarded = 1u << 30;

    private readonly int _dataBytes;
    private readonly int _pageBytes = Environment.SystemPageSize;
    private readonly long* _consumer;
    private readonly long* _producer;
    private readonly byte* _data;
    private bool _disposed;

    public RingBuffer(BpfMap map)
    {
        _dataBytes = map.MaxEntries;
        _consumer = (long*)Map(map.Fd, _pageBytes, Libc.PROT_READ | Libc.PROT_WRITE, 0);
        _producer = (long*)Map(map.Fd, _pageBytes + (2 * _dataBytes), Libc.PROT_READ, _pageBytes);
        _data = (byte*)_producer + _pageBytes;
    }

    /// <summary>Position up to which the kernel has given out space; counts bytes since the ring was made.</summary>
    public long Filled
    {
        get
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return Volatile.Read(ref Unsafe.AsRef<long>(_producer));
        }
    }

    /// <summary>Position up to which space was given back.</summary>
    public long Released
    {
        get
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return *_consumer;
        }
    }

    /// <summary>
    /// The finished records there are now, headers included, as one run of memory. They are lent until
    /// <see cref="Release"/> gives the space back to the kernel.
    /// </summary>
    public ReadOnlySpan<byte> Take() => Take(Filled, int.MaxValue);

    /// <summary>As above, but none that begins at or behind the position <paramref name="to"/>, and none more once there are <paramref name="most"/> bytes.</summary>
    public ReadOnlySpan<byte> Take(long to, int most)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        long from = *_consumer;
        byte* start = _data + (from & (_dataBytes - 1));
        long length = 0;
        while (from + length < to && length < most)
        {
            uint header = Volatile.Read(ref Unsafe.AsRef<uint>(start + length));
            if ((header & Busy) != 0)
            {
                break;
            }

            length += HeaderBytes + (((header & ~Discarded) + 7) & ~7u);
        }

        return new ReadOnlySpan<byte>(start, (int)length);
    }

    /// <summary>Gives back what <see cref="Take"/> lent.</summary>
    public void Release(int bytes) => Volatile.Write(ref Unsafe.AsRef<long>(_consumer), *_consumer + bytes);

    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        _ = Libc.munmap((nint)_consumer, (nuint)_pageBytes);
        _ = Libc.munmap((nint)_producer, (nuint)(_pageBytes + (2 * _dataBytes)));
    }

    private static nint Map(int fd, int bytes, int protection, int offset)
    {
        nint address = Libc.mmap(0, (nuint)bytes, protection, Libc.MAP_SHARED, fd, offset);
        return address != -1 ? address : BpfException.ThrowIfNull(0, "mapping the ring buffer");
    }
}
