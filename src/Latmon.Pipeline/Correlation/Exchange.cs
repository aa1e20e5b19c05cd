using System.Runtime.CompilerServices;
using Latmon.Pipeline.Protocols;
using Latmon.Pipeline.Wire;

namespace Latmon.Pipeline.Correlation;

/// <summary>
/// One request and its response, seen from one end of the connection: a value without references, so that millions of them
/// pass without allocation. What is kept or printed becomes a <see cref="Traces.Trace"/>.
/// </summary>
public struct Exchange
{
    public const long NotSeen = -1;

    public ulong Conn;
    public uint Turn;
    public Role Role;

    /// <summary>Place in its trace: 0 for a root. In a batch of traces the descendants follow their ancestor, depth first.</summary>
    public byte Depth;
    public ParentMethod ParentMethod;
    public Confidence Confidence;

    /// <summary>Exchanges that follow and lie below this one.</summary>
    public ushort Descendants;

    /// <summary>Position among the exchanges of that turn; 0 but for pipelining.</summary>
    public uint Ordinal;

    public ProtocolName Protocol;
    public HttpMethodName Method;

    /// <summary>0 when no response head was seen.</summary>
    public short Status;

    public ExchangeNotes Notes;

    /// <summary>CLOCK_MONOTONIC.</summary>
    public long StartNs;
    public long DurationNs;

    /// <summary><see cref="NotSeen"/> when no acknowledgement was seen.</summary>
    public long DeliveredNs;

    /// <summary>
    /// What the requester waited for, as far as this host knows: where segments were sent again after the end, until the last was
    /// acknowledged.
    /// </summary>
    public readonly long WaitedNs =>
        DeliveredNs > 0 && Resent.LastNs > StartNs + DurationNs ? DurationNs + DeliveredNs : DurationNs;

    public LayerCut Layers;
    public long RequestBytes;
    public long ResponseBytes;

    /// <summary><see cref="NotSeen"/> when two threads shared the work.</summary>
    public long OnCpuNs;
    public long RunnableNs;
    public long BlockedNs;

    /// <summary>
    /// When the application had it, CLOCK_MONOTONIC, 0 = not seen. Server: the request was read. Client: the request was first
    /// written.
    /// </summary>
    public long InsideFromNs;

    /// <summary>Server: the first byte of the answer was written. Client: the whole reply was read.</summary>
    public long InsideToNs;

    /// <summary>TCP's sequence numbers of the first byte of the request and of the answer: the same at both ends.</summary>
    public uint RequestSeq;
    public uint ResponseSeq;

    public TraceContext TraceContext;

    /// <summary>Of an x-request-id or b3 header, a hash; 0 = none.</summary>
    public ulong RequestId;
    public int Pid;

    /// <summary>The thread that read: a server's request, a client's reply.</summary>
    public int Tid;

    /// <summary>The thread that wrote.</summary>
    public int WriteTid;
    public Bytes16 Comm;
    public Bytes16 LocalAddr;
    public Bytes16 RemoteAddr;
    public ushort LocalPort;
    public ushort RemotePort;
    public ushort Family;

    /// <summary>Inode number of the network namespace.</summary>
    public uint Netns;
    public uint Retransmits;
    public uint SrttUs;

    /// <summary>While something was to be sent; <see cref="NotSeen"/> when it cannot be told for this exchange alone.</summary>
    public long ZeroWindowNs;

    /// <summary>When segments were sent again; may lie behind the end, where only the acknowledgement is waited for.</summary>
    public SeenRange Resent;

    /// <summary>From when to when, at the most, the peer's window was zero.</summary>
    public SeenRange Shut;

    /// <summary>The path of an HTTP request, the masked statement of a database's, in <see cref="ExchangeBatch.Text"/>.</summary>
    public int PathStart;
    public int PathLength;

    /// <summary>In <see cref="ExchangeBatch.Spans"/>, once a trace has been put together.</summary>
    public int SpanStart;
    public int SpanCount;

    public DatabaseFacts Database;

    /// <summary>A call, by a process that had read a request before: it may belong to one that is not over yet.</summary>
    public bool CallerServes;

    /// <summary>It crossed encrypted, whether or not its heads are known.</summary>
    public bool IsTls;

    public readonly bool IsUnix => Family == TurnRecord.Unix;

    public readonly long EndNs => StartNs + DurationNs;

    public readonly bool IsComplete => (Notes & ExchangeNotes.AnyLoss) == 0;
}

public enum ProtocolName : byte
{
    Unknown = 0,
    Http1,
    Tcp,
    Tls,
    Http2,
    PostgreSql,

    /// <summary>An AF_UNIX stream of which nothing more is known.</summary>
    Unix,
}

/// <summary>As in JSON and in the filter <c>protocol:</c>.</summary>
public static class ProtocolNames
{
    private static readonly string[] Texts = ["tcp", "http/1.1", "tcp", "tls", "http/2", "postgresql", "unix"];
    private static readonly byte[][] Utf8Texts = [.. Texts.Select(System.Text.Encoding.UTF8.GetBytes)];

    public static string Text(this ProtocolName protocol) => Texts[(int)protocol];

    public static ReadOnlySpan<byte> Utf8Text(this ProtocolName protocol) => Utf8Texts[(int)protocol];
}

/// <summary>What a reader of the numbers must know about one exchange.</summary>
[Flags]
public enum ExchangeNotes
{
    None = 0,

    /// <summary>The first bytes waited for accept(), which cannot be seen here: that wait is inside socket wait.</summary>
    AcceptInSockWait = 1,

    /// <summary>Server-sent events or an upgraded connection: reported when its head was out, what follows is not counted.</summary>
    Stream = 2,
    Pipelined = 4,
    NoResponse = 8,
    RequestHeadMissing = 16,
    ResponseHeadMissing = 32,
    EventsLost = 64,

    /// <summary>The protocol does not tell where the answer ends, and nothing followed for a while.</summary>
    EndInferred = 128,

    /// <summary>Fewer bytes than the response's head promised.</summary>
    ResponseCut = 256,

    /// <summary>A child that began before its parent or ended after it: another thread, or an answer that went on.</summary>
    OutsideParent = 512,

    /// <summary>A call that came when its request had been handed over already, or for which there was no room.</summary>
    ParentGone = 1024,

    AnyLoss = NoResponse | RequestHeadMissing | ResponseHeadMissing | EventsLost | ResponseCut,
}

/// <summary>Durations indexed by <see cref="Layer"/>, and how each is known. Fits the sum by construction.</summary>
public struct LayerCut
{
    public LayerDurations Ns;

    /// <summary>The layer behind which the unattributed time lies; where there are several such gaps, they count as the last.</summary>
    public Layer GapBehind;
    private ushort _occurs;
    private ushort _measured;
    private ushort _inferred;

    public readonly bool Occurs(Layer layer) => (_occurs & (1 << (int)layer)) != 0;

    public readonly Evidence Evidence(Layer layer)
    {
        int bit = 1 << (int)layer;
        return (_inferred & bit) != 0 ? Pipeline.Evidence.Inferred
            : (_measured & bit) != 0 ? Pipeline.Evidence.Measured : Pipeline.Evidence.Unavailable;
    }

    internal void Set(Layer layer, long ns, Evidence evidence)
    {
        int bit = 1 << (int)layer;
        Ns[(int)layer] = ns;
        _occurs |= (ushort)bit;
        _measured |= (ushort)(evidence == Pipeline.Evidence.Measured ? bit : 0);
        _inferred |= (ushort)(evidence == Pipeline.Evidence.Inferred ? bit : 0);
    }
}

[InlineArray(Layers.TotalCount)]
public struct LayerDurations
{
    private long _first;
}
