using Latmon.Pipeline;
using Latmon.Pipeline.Traces;

namespace Latmon.Tui.Tests.Fixtures;

/// <summary>Traces whose layers sum to their duration, like those of the pipeline.</summary>
internal sealed class RequestBuilder(string id, string path)
{
    public const long StartUnixNs = 1_763_899_200_000_000_000;
    public const long Us = 1_000;
    public const long Ms = 1_000_000;

    private readonly List<LayerTime> _layers = [];
    private readonly List<Trace> _children = [];
    private readonly List<Span> _spans = [];
    private long _endNs;
    private long _startUnixNs = StartUnixNs;
    private long _status = 200;
    private string _method = "GET";
    private CpuTime? _cpu;
    private TcpState? _tcp = new(0, 41, 0);
    private long? _deliveredNs;
    private string[] _notes = [];
    private bool _complete = true;
    private TraceProcess _process = new(411, 411, "nginx", null);

    /// <summary>A request that spent <paramref name="appNs"/> in the application and little elsewhere.</summary>
    public static RequestBuilder Usual(string id, string path, long appNs) => new RequestBuilder(id, path)
        .Layer(Pipeline.Layer.NetIngress, 9 * Us)
        .Layer(Pipeline.Layer.TcpRx, 12 * Us)
        .Layer(Pipeline.Layer.SockWait, 40 * Us)
        .Layer(Pipeline.Layer.App, appNs)
        .Layer(Pipeline.Layer.TcpTx, 15 * Us, Evidence.Inferred);

    public RequestBuilder Layer(Layer layer, long? durationNs, Evidence evidence = Evidence.Measured, long? selfNs = null)
    {
        _layers.Add(new LayerTime(layer, _endNs, durationNs, selfNs, evidence));
        _endNs += durationNs ?? 0;
        return this;
    }

    public RequestBuilder Started(long afterNs)
    {
        _startUnixNs = StartUnixNs + afterNs;
        return this;
    }

    public RequestBuilder Status(long status)
    {
        _status = status;
        return this;
    }

    public RequestBuilder Method(string method)
    {
        _method = method;
        return this;
    }

    public RequestBuilder Process(string comm, int pid)
    {
        _process = new TraceProcess(pid, pid, comm, null);
        return this;
    }

    public RequestBuilder Cpu(long onCpuNs, long runnableNs, long blockedNs)
    {
        _cpu = new CpuTime(onCpuNs, runnableNs, blockedNs);
        return this;
    }

    public RequestBuilder Tcp(int retransmits, int roundTripUs, long zeroWindowNs)
    {
        _tcp = new TcpState(retransmits, roundTripUs, zeroWindowNs);
        return this;
    }

    public RequestBuilder Resent(long fromNs, long toNs)
    {
        _tcp = _tcp!.Value with { Resent = new OffsetRange(fromNs, toNs) };
        return this;
    }

    public RequestBuilder Shut(long fromNs, long toNs)
    {
        _tcp = _tcp!.Value with { Shut = new OffsetRange(fromNs, toNs) };
        return this;
    }

    public RequestBuilder Delivered(long ns)
    {
        _deliveredNs = ns;
        return this;
    }

    public RequestBuilder Incomplete(params string[] notes)
    {
        _complete = false;
        _notes = notes;
        return this;
    }

    /// <summary>A database call; its own layers are those of a server that does nothing but run.</summary>
    public RequestBuilder Query(string name, long offsetNs, long durationNs)
    {
        _children.Add(new RequestBuilder($"{id}-{_children.Count}", "")
            .Layer(Pipeline.Layer.SockWait, durationNs / 10)
            .Layer(Pipeline.Layer.App, durationNs - (durationNs / 10))
            .Process("postgres", 900)
            .Started(_startUnixNs - StartUnixNs + offsetNs)
            .Build() with
        {
            Role = Role.Client,
            Name = name,
            Protocol = "postgresql",
            Attributes = [],
            Connection = new TraceConnection("ipv4", "127.0.0.1:40100", "127.0.0.1:5432"),
            Attribution = new Attribution("thread", "likely"),
        });
        return this;
    }

    public RequestBuilder Span(string name, long offsetNs, long durationNs, string text)
    {
        _spans.Add(new Span(name, "uprobe:libpq", offsetNs, durationNs, text));
        return this;
    }

    public Trace Build() => new()
    {
        Id = id,
        Role = Role.Server,
        Protocol = "http/1.1",
        Name = $"{_method} {path}",
        StartUnixNs = _startUnixNs,
        DurationNs = _endNs,
        DeliveredNs = _deliveredNs,
        Process = _process,
        Connection = new TraceConnection("ipv4", "127.0.0.1:80", "10.0.0.7:40022"),
        Attributes =
        [
            new KeyValuePair<string, object>("http.request.method", _method),
            new KeyValuePair<string, object>("url.path", path),
            new KeyValuePair<string, object>("http.response.status_code", _status),
        ],
        RequestBytes = 79,
        ResponseBytes = 240,
        Layers = [.. _layers],
        Cpu = _cpu,
        Tcp = _tcp,
        Children = [.. _children],
        Spans = [.. _spans],
        Complete = _complete,
        Notes = [.. _notes],
    };
}
