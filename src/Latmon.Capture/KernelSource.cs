using System.Collections.Immutable;
using System.Reactive.Subjects;
using Latmon.Bpf;
using Latmon.Capture.Probes;
using Latmon.Pipeline.Correlation;
using Latmon.Pipeline.Filtering;
using Latmon.Pipeline.Traces;
using Latmon.Pipeline.Wire;

namespace Latmon.Capture;

/// <summary>
/// The live kernel as a source of record batches: loads and attaches the programs, keeps what they need fresh, and drains
/// the ring on a thread of its own.
/// </summary>
/// <remarks>
/// Subscribers run on the drain thread and borrow the ring's memory. They get a batch at least every
/// <see cref="LookEveryMs"/>, also an empty one: it carries the time.
/// </remarks>
public sealed class KernelSource : IDisposable
{
    /// <summary>
    /// The programs never wake the consumer (that would run on the traced thread's time), so it comes by itself. At 70,000
    /// records of 700 bytes a second this leaves the 8 MB ring four fifths empty.
    /// </summary>
    private const int DrainEveryMs = 20;

    /// <summary>After a drain that found nothing. What begins then has filled less than half of the ring.</summary>
    private const int LookEveryMs = 50;

    /// <summary>
    /// Of one batch: what becomes of so many records on their way through the pipeline stays in the core's cache, instead of pushing
    /// out what the observed application has there.
    /// </summary>
    private const int BatchBytes = 64 * 1024;
    private const long RefreshEveryNs = 1_000_000_000;

    private readonly KernelPrograms _programs;
    private readonly RingBuffer _ring;
    private readonly KernelFilter _filter;
    private readonly ReceiveStamps _stamps = new();
    private readonly RecordBatch _batch = new();
    private readonly Subject<RecordBatch> _records = new();
    /// <summary>Does not spin before it sleeps: that gave the traced threads dozens of turns of the scheduler at every drain.</summary>
    private readonly ManualResetEventSlim _stop = new(initialState: false, spinCount: 0);
    private readonly Thread _drain;
    private readonly ProcessContainers _containers = new();
    private readonly AnswerSweeper _answers;
    private readonly UnixSweeper _unix;
    private readonly BpfGlobal<long> _lost;
    private readonly BpfGlobal<long> _lostParts;
    private readonly BpfGlobal<long> _unseen;
    private readonly BpfGlobal<long> _monotonicMinusReal;
    private ProbeSource? _probes;
    private long _realMinusMonotonicNs;
    private long _nextRefreshNs;
    private long _takenNs;
    private long _skipped;
    private Action<Exception>? _failed;
    private bool _disposed;

    private KernelSource(KernelPrograms kernel, TraceFilter filter)
    {
        _programs = kernel;
        BpfObject programs = kernel.Object;
        _lost = programs.Global<long>("lost_turns");
        _lostParts = programs.Global<long>("lost_parts");
        _unseen = programs.Global<long>("unseen_sockets");
        _monotonicMinusReal = programs.Global<long>("monotonic_minus_real_ns");
        _ring = new RingBuffer(programs.Map("records"));
        _filter = new KernelFilter(programs);
        _filter.Apply(filter);
        _answers = new AnswerSweeper(programs, kernel.FlushIterator());
        _unix = new UnixSweeper(programs, kernel.SweepIterator());
        Refresh(MonotonicClock.NowNs);
        if (Terminal.FromEnvironment() is { } terminal)
        {
            _filter.LeaveOut(terminal);
        }

        _drain = new Thread(Drain) { Name = "drain", IsBackground = true };
    }

    /// <summary>Batches, lent; completes after the last records were read when the source is disposed.</summary>
    public IObservable<RecordBatch> Records => _records;

    /// <summary>What it costs the observed processes; null when it is not measured.</summary>
    public ProgramCost? Cost { get; private set; }

    /// <summary>What this kernel does not show, and what that means for the figures: one sentence each.</summary>
    public ImmutableArray<string> Reductions =>
    [
        .. _programs.Reductions,
        .. _stamps.IsActive ? (string[])[] : ["network ingress: stamps on received packets would cost too much with this clock source"],
    ];

    /// <summary>What the numbers of spans mean.</summary>
    public SpanNames SpanNames { get; private set; } = SpanNames.None;

    /// <summary>The same, and in which container a process is.</summary>
    public TraceNames Names => new(SpanNames, _containers.Of);

    /// <summary>Loads and attaches. Nothing flows before <see cref="Start"/>.</summary>
    /// <exception cref="CaptureException">The kernel refuses or lacks something, or the filter names what does not exist.</exception>
    /// <param name="probes">Null for none.</param>
    /// <param name="choice">Which of them.</param>
    public static KernelSource Open(TraceFilter filter, ProbeCatalog? probes = null, ProbeChoice? choice = null)
    {
        ImmutableArray<ProbeSet> sets = probes?.Choose(choice ?? ProbeChoice.AsDefined) ?? [];
        KernelPrograms programs = KernelPrograms.Load(sets.Contains(ProbeSet.Tls), choice?.StandIns);
        KernelSource? source = null;
        try
        {
            source = new KernelSource(programs, filter);
            programs.Attach();
            source._filter.AddListeners();
            source.Probe(sets, probes, filter);
            return source;
        }
        catch
        {
            source?._probes?.Dispose();
            source?._stamps.Dispose();
            source?._answers.Dispose();
            source?._ring.Dispose();
            programs.Dispose();
            throw;
        }
    }

    /// <param name="failed">
    /// Gets what a subscriber threw, on the drain thread; nothing more is handed over then. The sequence itself cannot tell:
    /// operators take a subscriber that threw for gone.
    /// </param>
    public void Start(Action<Exception> failed)
    {
        _failed = failed;
        _drain.Start();
    }

    /// <summary>From the first requests on, and again now and then. Before <see cref="WithoutPrivileges"/>, because it takes some.</summary>
    public KernelSource MeasuringCost()
    {
        Cost = new ProgramCost(() => (_programs.Object.Runs(), _probes?.Runs ?? default), _probes is null ? null : _probes.Run);
        return this;
    }

    /// <summary>
    /// Gives up, for good, the privileges that loading and attaching took. They belong to threads and are inherited, so this
    /// comes before the process starts other threads.
    /// </summary>
    public KernelSource WithoutPrivileges()
    {
        Privileges.GiveUp(_filter.IsPermitted);
        return this;
    }

    /// <summary>The filter with what only this machine knows looked up; throws <see cref="CaptureException"/> when it is not there.</summary>
    public TraceFilter Resolve(TraceFilter filter) => filter with { NetnsInode = _filter.Namespace(filter) };

    /// <summary>Changes what is captured, from the next packet on. Any thread.</summary>
    public void Apply(TraceFilter filter)
    {
        _filter.Apply(filter);
        _probes?.Apply(filter);
    }

    /// <summary>
    /// Hands over what is still in the ring and the answers that are not acknowledged yet, and completes
    /// <see cref="Records"/>. Returns when the subscribers have seen the end.
    /// </summary>
    public void Stop()
    {
        if (_drain.IsAlive)
        {
            _answers.SweepLast();
            _stop.Set();
            _drain.Join();
        }
    }

    /// <summary>Stops and detaches.</summary>
    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        Stop();
        Cost?.Dispose();
        _probes?.Dispose();
        _ring.Dispose();
        _answers.Dispose();
        _programs.Dispose();
        _stamps.Dispose();
        _records.Dispose();
        _stop.Dispose();
    }

    private void Probe(ImmutableArray<ProbeSet> sets, ProbeCatalog? probes, TraceFilter filter)
    {
        if (probes is not null && !sets.IsEmpty)
        {
            SpanNames = probes.Names;
            _programs.Object.Global<uint>("tls_wanted").Value = sets.Contains(ProbeSet.Tls) ? 1u : 0u;
            _probes = new ProbeSource(_programs.Object, sets, filter);
        }
    }

    private void Drain()
    {
        try
        {
            DrainUntilStopped();
        }
        catch (Exception e)
        {
            _failed!(e);
            return;
        }

        _records.OnCompleted();
    }

    private void DrainUntilStopped()
    {
        _takenNs = MonotonicClock.NowNs;
        bool found = true;
        bool last;
        do
        {
            last = _stop.Wait(found ? DrainEveryMs : LookEveryMs);
            long nowNs = MonotonicClock.NowNs;
            Refresh(nowNs);
            Sweep(nowNs, last);
            found = HandOver(nowNs);
        }
        while (!last);
    }

    /// <summary>What is there now, in batches. All but the last carry the time of the drain before: more from before now follows them.</summary>
    /// <returns>False when there was nothing.</returns>
    private bool HandOver(long nowNs)
    {
        long filled = _ring.Filled;
        bool found = filled > _ring.Released;
        bool isLast;
        do
        {
            ReadOnlySpan<byte> framed = _ring.Take(filled, BatchBytes);
            isLast = framed.IsEmpty || _ring.Released + framed.Length >= filled;
            _batch.Lend(
                framed, isLast ? nowNs : _takenNs, _realMinusMonotonicNs, _lost.Value + (_probes?.LostTurns ?? 0), _unseen.Value,
                _lostParts.Value + (_probes?.Lost ?? 0) + _skipped);
            _records.OnNext(_batch);
            _ring.Release(framed.Length);
        }
        while (!isLast);
        _takenNs = nowNs;
        return found;
    }

    private void Sweep(long nowNs, bool last)
    {
        if (last)
        {
            _unix.SweepLast();
            _skipped = Skipped();
        }
        else
        {
            _unix.SweepIfDue(nowNs);
            _answers.SweepIfDue(nowNs);
        }
    }

    private void Refresh(long nowNs)
    {
        if (nowNs < _nextRefreshNs)
        {
            return;
        }

        _nextRefreshNs = nowNs + RefreshEveryNs;
        Cost?.Tick(nowNs);
        _realMinusMonotonicNs = MonotonicClock.RealMinusMonotonicNs();
        _monotonicMinusReal.Value = _stamps.IsActive ? -_realMinusMonotonicNs : 0;
        _skipped = Skipped();
    }

    private long Skipped() => _programs.Object.Runs().Skipped + (_probes?.Runs.Skipped ?? 0);
}
