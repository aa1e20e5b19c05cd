using Latmon.Pipeline.Assembling;
using Latmon.Pipeline.Correlation;
using Latmon.Pipeline.Wire;
using Latmon.Testing;

namespace Latmon.Pipeline.Tests.Assembling;

/// <summary>An exchange that happened, the one that caused it, and when its record comes. Times are nanoseconds of the virtual clock.</summary>
internal sealed class Happening(uint id)
{
    public Exchange Value = new() { Turn = id, Family = TurnRecord.Ipv4, OnCpuNs = -1, DeliveredNs = -1 };

    public uint Id => Value.Turn;

    /// <summary>0 when nothing in its process caused it.</summary>
    public uint Cause { get; init; }

    public long RecordNs { get; set; }
}

/// <summary>What became of an exchange.</summary>
internal readonly record struct Placed(uint Id, uint Parent, ParentMethod Method, Confidence Confidence, int Depth, ExchangeNotes Notes, long HandedOverNs);

/// <summary>
/// Exchanges with a known truth, handed to a <see cref="TraceAssembler"/> in drains of 10 ms, and what comes out. Microseconds count
/// from <see cref="TurnBuilder.BaseNs"/>.
/// </summary>
internal sealed class TraceWorld
{
    private const long DrainNs = 10_000_000;
    private const long AcknowledgedNs = 300_000;

    private readonly List<SpanEvent> _spans = [];
    private uint _nextId;

    public List<Happening> Happenings { get; } = [];

    public Dictionary<uint, Placed> Places { get; } = [];

    public List<(uint Owner, SpanEvent Span)> Spans { get; } = [];

    public TraceAssembler Assembler { get; } = new();

    public AssemblyCounters Counters { get; private set; }

    public int MostHeld { get; private set; }

    /// <summary>Of every exchange.</summary>
    public string Text { get; set; } = "";

    /// <summary>Of every span.</summary>
    public string SpanText { get; set; } = "";

    /// <summary>Looks at every batch that comes out.</summary>
    public Action<ExchangeBatch>? Check { get; set; }

    public static long At(double us) => TurnBuilder.BaseNs + (long)(us * 1000);

    /// <summary>A request that a process read and answered; its peer is elsewhere unless <see cref="Link"/> says otherwise.</summary>
    public Happening Request(int pid, int tid, double readUs, double writeUs, int? writeTid = null)
    {
        Happening request = New(Role.Server, pid, 0);
        ref Exchange value = ref request.Value;
        value.Tid = tid;
        value.WriteTid = writeTid ?? tid;
        value.StartNs = At(readUs) - 20_000;
        value.InsideFromNs = At(readUs);
        value.InsideToNs = At(writeUs);
        value.Layers.Set(Layer.SockWait, 20_000, Evidence.Measured);
        value.Layers.Set(Layer.App, value.InsideToNs - value.InsideFromNs, Evidence.Measured);
        value.Layers.Set(Layer.TcpTx, 8_000, Evidence.Measured);
        value.DurationNs = value.InsideToNs + 8_000 - value.StartNs;
        value.LocalPort = 80;
        value.RemotePort = 40_000;
        value.LocalAddr[0] = value.RemoteAddr[0] = 10;
        value.RemoteAddr[3] = 9;
        request.RecordNs = value.EndNs + AcknowledgedNs;
        return request;
    }

    /// <summary>The answer was written at another time than was thought first.</summary>
    public void Rewrite(Happening request, double readUs, double writeUs)
    {
        int count = Happenings.Count;
        Happening again = Request(request.Value.Pid, request.Value.Tid, readUs, writeUs, request.Value.WriteTid);
        Happenings.RemoveAt(count);
        uint id = request.Id;
        ulong conn = request.Value.Conn;
        request.Value = again.Value;
        request.Value.Turn = id;
        request.Value.Conn = conn;
        request.RecordNs = again.RecordNs;
    }

    public Happening Call(int pid, int tid, double writeUs, double readUs, uint cause, ulong conn = 0, int? readTid = null)
    {
        Happening call = New(Role.Client, pid, cause);
        ref Exchange value = ref call.Value;
        value.Conn = conn == 0 ? call.Id : conn;
        value.WriteTid = tid;
        value.Tid = readTid ?? tid;
        value.StartNs = value.InsideFromNs = At(writeUs);
        value.InsideToNs = At(readUs);
        value.DurationNs = value.InsideToNs - value.StartNs;
        value.Layers.Set(Layer.TcpTx, Math.Min(10_000, value.DurationNs), Evidence.Measured);
        value.Layers.Set(Layer.Remote, value.DurationNs - Math.Min(10_000, value.DurationNs), Evidence.Measured);
        value.LocalPort = 50_000;
        value.RemotePort = 5432;
        value.LocalAddr[0] = value.RemoteAddr[0] = 10;
        value.RemoteAddr[3] = 7;
        call.RecordNs = value.EndNs;
        return call;
    }

    /// <summary>The two are the ends of one connection on this host.</summary>
    public static void Link(Happening client, Happening server, bool translated = false)
    {
        client.Value.LocalPort = server.Value.RemotePort = (ushort)(32768 + (client.Id % 28000));
        client.Value.RemotePort = translated ? (ushort)8080 : server.Value.LocalPort;
        foreach (Happening end in (ReadOnlySpan<Happening>)[client, server])
        {
            end.Value.LocalAddr[0] = end.Value.RemoteAddr[0] = 127;
            end.Value.LocalAddr[3] = end.Value.RemoteAddr[3] = 1;
            end.Value.RequestSeq = client.Id * 2654435761u;
            end.Value.ResponseSeq = client.Id * 40503u;
        }
    }

    public void Span(int pid, int tid, double fromUs, double toUs, ulong requestKey = 0) => _spans.Add(new SpanEvent
    {
        Pid = pid,
        Tid = tid,
        StartNs = At(fromUs),
        DurationNs = At(toUs) - At(fromUs),
        RequestKey = requestKey,
    });

    /// <summary>Plays everything, and the time after it in which what is held falls due.</summary>
    public TraceWorld Play(bool flush = true)
    {
        Happenings.Sort(static (a, b) => a.RecordNs.CompareTo(b.RecordNs));
        _spans.Sort(static (a, b) => a.EndNs.CompareTo(b.EndNs));
        ExchangeBatch batch = new();
        int next = 0, nextSpan = 0;
        for (long now = TurnBuilder.BaseNs; next < Happenings.Count; now += DrainNs)
        {
            batch.Begin(now, 0);
            for (; next < Happenings.Count && Happenings[next].RecordNs <= now; next++)
            {
                batch.Add(Happenings[next].Value, System.Text.Encoding.UTF8.GetBytes(Text));
            }

            for (; nextSpan < _spans.Count && _spans[nextSpan].EndNs <= now; nextSpan++)
            {
                batch.Add(_spans[nextSpan], System.Text.Encoding.UTF8.GetBytes(SpanText));
            }

            Take(Assembler.Assemble(batch));
        }

        if (flush)
        {
            Take(Assembler.Flush());
        }

        return this;
    }

    /// <summary>An empty drain.</summary>
    public TraceWorld Drain(double us)
    {
        ExchangeBatch batch = new();
        batch.Begin(At(us), 0);
        Take(Assembler.Assemble(batch));
        return this;
    }

    private void Take(ExchangeBatch batch)
    {
        Check?.Invoke(batch);
        Counters = batch.Assembly;
        MostHeld = Math.Max(MostHeld, Counters.Held);
        Stack<(uint Id, int End)> open = new();
        for (int i = 0; i < batch.Count; i++)
        {
            ref readonly Exchange item = ref batch.Items[i];
            while (open.TryPeek(out (uint Id, int End) above) && above.End <= i)
            {
                _ = open.Pop();
            }

            Assert.Equal(open.Count, item.Depth);
            uint parent = open.TryPeek(out (uint Id, int End) direct) ? direct.Id : 0;
            Assert.True(Places.TryAdd(
                item.Turn, new Placed(item.Turn, parent, item.ParentMethod, item.Confidence, item.Depth, item.Notes, batch.TakenNs)));
            open.Push((item.Turn, i + 1 + item.Descendants));
            foreach (ref readonly SpanEvent span in batch.Spans.Slice(item.SpanStart, item.SpanCount))
            {
                Spans.Add((item.Turn, span));
            }
        }
    }

    private Happening New(Role role, int pid, uint cause)
    {
        Happening happening = new(++_nextId) { Cause = cause };
        happening.Value.Role = role;
        happening.Value.Pid = pid;
        happening.Value.Conn = happening.Id;
        Happenings.Add(happening);
        return happening;
    }
}
