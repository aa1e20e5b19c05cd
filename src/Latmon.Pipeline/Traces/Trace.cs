using System.Collections.Immutable;

namespace Latmon.Pipeline.Traces;

/// <summary>
/// A root exchange with its nested children and spans: what a waterfall draws and one line of
/// <c>latmon trace</c> says. Immutable; made only for exchanges that are kept or printed, never on the hot path.
/// All durations are nanoseconds; offsets count from the start of the object they stand in.
/// </summary>
public sealed record Trace
{
    /// <summary>Sixteen hex digits, unique among the traces of one run.</summary>
    public required string Id { get; init; }

    /// <summary>The W3C trace id when a header carried one.</summary>
    public string? TraceId { get; init; }

    public required Role Role { get; init; }

    /// <summary><c>http/1.1</c>, <c>tcp</c>, <c>tls</c>, …</summary>
    public required string Protocol { get; init; }

    /// <summary>Method and route for HTTP; low cardinality, so that it can be a row of a table.</summary>
    public required string Name { get; init; }

    /// <summary>CLOCK_REALTIME of the first request byte seen by this host.</summary>
    public required long StartUnixNs { get; init; }

    public required long DurationNs { get; init; }

    /// <summary>Last byte handed to the device → acknowledged by the peer; null when no acknowledgement was seen.</summary>
    public long? DeliveredNs { get; init; }

    /// <summary>
    /// What the requester waited for, as far as this host knows: where segments were sent again after the end, until the last was
    /// acknowledged. An upper bound, because the acknowledgement may be what was lost.
    /// </summary>
    public long WaitedNs => DurationNs + (ResentAfterNs ?? 0);

    /// <summary>How long after the end the answer was acknowledged; null when no segment was sent again there.</summary>
    public long? ResentAfterNs => Tcp is { Resent: { } resent } && resent.ToNs > DurationNs ? DeliveredNs : null;

    public required TraceProcess Process { get; init; }

    public required TraceConnection Connection { get; init; }

    /// <summary>OpenTelemetry semantic conventions, in the order in which they are printed. Values are string, long or bool.</summary>
    public required ImmutableArray<KeyValuePair<string, object>> Attributes { get; init; }

    public required long RequestBytes { get; init; }

    public required long ResponseBytes { get; init; }

    /// <summary>In the order of <see cref="Pipeline.Layers.Of"/>, without layers that do not occur in this exchange.</summary>
    public required ImmutableArray<LayerTime> Layers { get; init; }

    /// <summary>Null when no thread had the exchange alone: another one read than wrote, or it had several at once.</summary>
    public CpuTime? Cpu { get; init; }

    /// <summary>Null of a connection that is not TCP's.</summary>
    public TcpState? Tcp { get; init; }

    public Attribution Attribution { get; init; } = Attribution.Root;

    public ImmutableArray<Span> Spans { get; init; } = [];

    public ImmutableArray<Trace> Children { get; init; } = [];

    /// <summary>False when events of this exchange were lost or it was cut off; <see cref="Notes"/> says what.</summary>
    public bool Complete { get; init; } = true;

    public ImmutableArray<string> Notes { get; init; } = [];

    /// <summary>Who serves, and where.</summary>
    public string Service => $"{Process.Comm}:{(Connection.Family == "unix" ? "unix" : Connection.Port)}";

    public object? Attribute(string name)
    {
        foreach (KeyValuePair<string, object> attribute in Attributes)
        {
            if (attribute.Key == name)
            {
                return attribute.Value;
            }
        }

        return null;
    }
}

/// <param name="Pid">The process (tgid) in the host's pid namespace; 0 when no read or write was seen.</param>
/// <param name="Tid">The thread that read the request.</param>
/// <param name="Container">Container id, when the process is in one.</param>
public readonly record struct TraceProcess(int Pid, int Tid, string Comm, string? Container);

/// <param name="Family"><c>ipv4</c>, <c>ipv6</c> or <c>unix</c>.</param>
/// <param name="Local">Address and port; the name of an AF_UNIX socket, which is the server's at both ends.</param>
public readonly record struct TraceConnection(string Family, string Local, string Remote)
{
    /// <summary>Empty where there are none.</summary>
    public string Port => PortOf(Local);

    public string RemotePort => PortOf(Remote);

    private string PortOf(string endpoint) => Family == "unix" ? "" : endpoint[(endpoint.LastIndexOf(':') + 1)..];
}

/// <param name="DurationNs">Null when the layer is <see cref="Evidence.Unavailable"/>.</param>
/// <param name="SelfNs">Duration without the union of the children it waited for; null where the layer holds none.</param>
public readonly record struct LayerTime(Layer Layer, long OffsetNs, long? DurationNs, long? SelfNs, Evidence Evidence);

/// <summary>Of the time between read and write, what the handling thread did. The three sum to that time.</summary>
public readonly record struct CpuTime(long OnCpuNs, long RunnableNs, long BlockedNs);

/// <param name="ZeroWindowNs">Null when not measured.</param>
public readonly record struct TcpState(int Retransmits, int? SmoothedRttUs, long? ZeroWindowNs)
{
    /// <summary>The first and the last segment that was sent again; null when there was none, or the moment is not known.</summary>
    public OffsetRange? Resent { get; init; }

    /// <summary>
    /// From when to when the peer's window was zero. Longer than <see cref="ZeroWindowNs"/> when it opened in between.
    /// </summary>
    public OffsetRange? Shut { get; init; }
}

public readonly record struct OffsetRange(long FromNs, long ToNs)
{
    public long LengthNs => ToNs - FromNs;
}

/// <summary>How a trace came under its parent. A wrong parent is worse than none.</summary>
public readonly record struct Attribution(string Method, string Confidence)
{
    public static readonly Attribution Root = new("root", "certain");

    /// <summary>A call that fits no request.</summary>
    public static readonly Attribution None = new("none", "certain");
}

/// <summary>A timed piece from inside a process (uprobe or USDT).</summary>
public sealed record Span(string Name, string Source, long OffsetNs, long DurationNs, string? Text);
