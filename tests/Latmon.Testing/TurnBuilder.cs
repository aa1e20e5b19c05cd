using System.Net;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Latmon.Pipeline;
using Latmon.Pipeline.Wire;

namespace Latmon.Testing;

/// <summary>
/// One turn record with readable defaults: nginx on 10.0.0.2:80, a client on 10.0.0.9:40000, a GET that took 1 ms. Fields that
/// a test does not speak of follow from the heads and the times.
/// </summary>
public sealed class TurnBuilder
{
    /// <summary>CLOCK_MONOTONIC at which the times of tests begin, so that 0 stays free for "not seen".</summary>
    public const long BaseNs = 1_000_000_000_000;

    private const int Pid = 100;

    private TurnRecord _record;

    public TurnBuilder(ulong conn = 1, uint number = 1)
    {
        Record.Kind = RecordKind.Turn;
        Record.Conn = conn;
        Record.Number = number;
        Record.Pid = Pid;
        Record.ReadTid = Record.WriteTid = Pid;
        Record.Family = TurnRecord.Ipv4;
        Record.LocalPort = 80;
        Record.RemotePort = 40000;
        Record.Segments = 1;
        Record.InSeq = 1000;
        Record.OutSeq = 5000;
        "nginx"u8.CopyTo(Record.Comm);
        IPAddress.Parse("10.0.0.2").GetAddressBytes().CopyTo(Record.LocalAddr);
        IPAddress.Parse("10.0.0.9").GetAddressBytes().CopyTo(Record.RemoteAddr);
    }

    /// <summary>To be edited; <see cref="ToBytes"/> adds the lengths of the heads.</summary>
    public ref TurnRecord Record => ref _record;

    public byte[] RequestHead { get; private set; } = [];

    public byte[] ResponseHead { get; private set; } = [];

    /// <summary>The other end of the same connection, before anything is said of heads and times.</summary>
    public TurnBuilder OfClient()
    {
        Record.Role = Role.Client;
        (Record.LocalAddr, Record.RemoteAddr) = (Record.RemoteAddr, Record.LocalAddr);
        (Record.LocalPort, Record.RemotePort) = (Record.RemotePort, Record.LocalPort);
        return this;
    }

    public TurnBuilder Request(string head, long more = 0) => Request(Encoding.Latin1.GetBytes(head), more);

    /// <param name="more">Bytes that followed and were not kept.</param>
    public TurnBuilder Request(byte[] head, long more = 0)
    {
        RequestHead = head;
        (Record.IsClient ? ref Record.OutBytes : ref Record.InBytes) = head.Length + more;
        return this;
    }

    public TurnBuilder Response(string head, long more = 0) => Response(Encoding.Latin1.GetBytes(head), more);

    public TurnBuilder Response(byte[] head, long more = 0)
    {
        ResponseHead = head;
        (Record.IsClient ? ref Record.InBytes : ref Record.OutBytes) = head.Length + more;
        return this;
    }

    /// <summary>Microseconds after <see cref="BaseNs"/>: received at, then 4 us, 6 us, 20 us, app, 0, 10 us; acknowledged after 300 us.</summary>
    public TurnBuilder At(long us, long appUs = 960)
    {
        Record.NicNs = BaseNs + (us * 1000);
        Record.TcpNs = Record.NicNs + 4_000;
        Record.ReadyNs = Record.ReadyLastNs = Record.TcpNs + 6_000;
        Record.ReadNs = Record.ReadLastNs = Record.ReadyNs + 20_000;
        Record.WriteNs = Record.WriteLastNs = Record.ReadNs + (appUs * 1000);
        Record.TxNs = Record.TxLastNs = Record.WriteNs + 10_000;
        Record.AckNs = Record.TxNs + 300_000;
        return this;
    }

    /// <summary>Of a client, microseconds after <see cref="BaseNs"/>: written at, then 10 us, remote, 5 us, 20 us until it was read.</summary>
    public TurnBuilder AtClient(long us, long remoteUs = 960)
    {
        Record.WriteNs = Record.WriteLastNs = BaseNs + (us * 1000);
        Record.TxNs = Record.TxLastNs = Record.WriteNs + 10_000;
        Record.NicNs = Record.TxNs + (remoteUs * 1000);
        Record.TcpNs = Record.NicNs + 2_000;
        Record.ReadyNs = Record.ReadyLastNs = Record.NicNs + 5_000;
        Record.ReadNs = Record.ReadLastNs = Record.ReadyNs + 20_000;
        return this;
    }

    public TurnBuilder Flags(TurnNotes flags)
    {
        Record.Flags |= flags;
        return this;
    }

    /// <summary>Everything was read and handed to the device, unless the record says otherwise already.</summary>
    public TurnBuilder Whole()
    {
        Record.ReadSeq = Record.InSeq + (uint)Record.InBytes;
        Record.TxSeq = Record.OutSeq + (uint)Record.OutBytes;
        return this;
    }

    public byte[] ToBytes()
    {
        Record.RequestHead = (ushort)RequestHead.Length;
        Record.ResponseHead = (ushort)ResponseHead.Length;
        byte[] bytes = new byte[Unsafe.SizeOf<TurnRecord>() + RequestHead.Length + ResponseHead.Length];
        MemoryMarshal.Write(bytes, Record);
        RequestHead.CopyTo(bytes, Unsafe.SizeOf<TurnRecord>());
        ResponseHead.CopyTo(bytes, Unsafe.SizeOf<TurnRecord>() + RequestHead.Length);
        return bytes;
    }
}
