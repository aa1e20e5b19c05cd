using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Latmon.Pipeline.Wire;

/// <summary>
/// The fixed part of <c>struct turn</c> in <c>latmon.h</c>, where each field is explained; the heads follow it in the
/// record. Times are CLOCK_MONOTONIC nanoseconds, 0 = not seen. Field order is layout, proved against the object's BTF.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
public struct TurnRecord
{
    public RecordKind Kind;
    public uint Number;
    public ulong Conn;
    public uint Netns;
    public int Pid;
    public Bytes16 Comm;
    public Bytes16 LocalAddr;
    public Bytes16 RemoteAddr;
    public ushort LocalPort;
    public ushort RemotePort;
    public byte Family;
    public Role Role;
    public ushort RequestHead;
    public ushort ResponseHead;
    public ushort Tail;
    public TurnNotes Flags;
    public long NicNs;
    public long TcpNs;
    public long ReadyNs;
    public long ReadyLastNs;
    public long AcceptNs;
    public long ReadNs;
    public long ReadLastNs;
    public long WriteNs;
    public long WriteLastNs;
    public long TxNs;
    public long TxLastNs;
    public long AckNs;
    public long OnCpuNs;
    public long RunnableNs;
    public long ZeroWindowNs;
    public long ShutNs;
    public long ShutLastNs;
    public long ResentNs;
    public long ResentLastNs;
    public long InBytes;
    public long OutBytes;
    public long PlainIn;
    public long PlainOut;
    public long PlainLate;
    public uint InSeq;
    public uint OutSeq;
    public uint ReadSeq;
    public uint TxSeq;
    public int ReadTid;
    public int WriteTid;
    public uint Segments;
    public uint OutOfOrder;
    public uint Duplicates;
    public uint Retransmits;
    public uint SrttUs;
    public uint Fragments;
    public Bytes32 TailBytes;

    /// <summary>AF_INET.</summary>
    public const byte Ipv4 = 2;

    /// <summary>AF_UNIX: the addresses are numbers, of the socket's name (<see cref="SocketNames"/>) and of the end.</summary>
    public const byte Unix = 1;

    /// <summary>UNIX_CLIENT: the connection's number at the client's end has this on top of the server's.</summary>
    public const ulong UnixClient = 1ul << 63;

    /// <summary>LATMON_HEAD_BYTES: of each direction.</summary>
    public const int HeadBytes = 512;

    public readonly bool IsUnix => Family == Unix;

    public readonly bool IsClient => Role == Role.Client;

    /// <summary>A TLS library told what it encrypted and decrypted.</summary>
    public readonly bool IsPlain => (Flags & TurnNotes.Plain) != 0;

    /// <summary>Bytes of the stream, where that is known before encryption: inbound at a server, outbound at a client.</summary>
    public readonly long RequestBytes => IsPlain ? (IsClient ? PlainOut : PlainIn) : IsClient ? OutBytes : InBytes;

    public readonly long ResponseBytes => IsPlain ? (IsClient ? PlainIn : PlainOut) : IsClient ? InBytes : OutBytes;

    public readonly bool HasResponse => IsClient ? InBytes > 0 : WriteNs > 0;

    [UnscopedRef]
    public readonly ReadOnlySpan<byte> TailSpan => ((ReadOnlySpan<byte>)TailBytes)[..Math.Min((int)Tail, Bytes32.Length)];
}

[InlineArray(Length)]
public struct Bytes32
{
    public const int Length = 32;
    private byte _first;
}

[InlineArray(Length)]
public struct Bytes16
{
    public const int Length = 16;
    private byte _first;
}
