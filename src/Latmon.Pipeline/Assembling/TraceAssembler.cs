using System.Reactive.Linq;
using Latmon.Pipeline.Correlation;
using Latmon.Pipeline.Filtering;

namespace Latmon.Pipeline.Assembling;

/// <summary>
/// Exchanges of both ends and spans become traces: every trace is a run of items, the root first (depth 0), then its descendants
/// depth first. One thread; bounded; in steady state no exchange allocates.
/// </summary>
/// <remarks>
/// <code>
///  server (nginx)  ─ thread, header ─▶  client (nginx → app)  ─ connection ─▶  server (app)  ─ thread ─▶  client (app → database) …
/// </code>
/// <para>The other end of a connection's exchange has the same sequence numbers (<see cref="ConnectionEnds"/>). A call's request is
/// found by <see cref="ParentSearch"/>, which is asked when the request has been over for <see cref="Patience.Hold"/>: then the records of
/// all requests that were there at the same time have come, but for those that still go on. In an event loop with a long line it is asked
/// after <see cref="Patience.Line"/>.</para>
/// <para>A server's exchange waits only when its process was seen to call or to have spans, or when its peer is on this host and is
/// seen too. A call waits for its request for <see cref="Patience.Request"/>, because requests may be long, but only in a process that
/// serves; in one that nothing is known of for <see cref="Patience.Unknown"/>. What does not come in time is a root of its own.</para>
/// </remarks>
public sealed class TraceAssembler
{
    private const long SweepEveryNs = 1_000_000_000;

    private readonly HeldExchanges _held = new();
    private readonly ConnectionEnds _ends = new();
    private readonly PeerTable _peers = new();
    private readonly ProcessTable _processes = new();
    private readonly ThreadLogs _threads = new();
    private readonly SpanShelf _spans;
    private readonly RequestClaims _claims;
    private readonly Handover _handover;
    private readonly ExchangeBatch _out = new();
    private CorrelationCounters _counters;
    private long _nowNs;
    private long _realMinusMonotonicNs;
    private long _nextSweepNs;
    private bool _quiet = true;
    private long _calls;
    private long _unparented;
    private long _joined;
    private long _early;

    public TraceAssembler(TraceFilter? filter = null)
    {
        _spans = new SpanShelf(_threads);
        _claims = new RequestClaims(_threads, _spans);
        _handover = new Handover(_held, _ends, _spans, _out);
        Apply(filter ?? TraceFilter.None);
    }

    /// <summary>What the kernel selects now. Any thread.</summary>
    public void Apply(TraceFilter filter) => _peers.Enter(filter.Ports);

    /// <summary>The batch that comes back is lent until the next call; it may be the one that was given.</summary>
    public ExchangeBatch Assemble(ExchangeBatch batch)
    {
        _nowNs = batch.TakenNs;
        _realMinusMonotonicNs = batch.RealMinusMonotonicNs;
        _counters = batch.Counters;
        if (_quiet && !HasWork(batch))
        {
            batch.End(Counters());
            return batch;
        }

        _out.Begin(batch.TakenNs, batch.RealMinusMonotonicNs);
        TakeCallsAndSpans(batch);
        foreach (ref readonly Exchange exchange in batch.Items)
        {
            if (exchange.Role == Role.Server)
            {
                TakeRequest(exchange, batch.Path(exchange));
            }
        }

        ReleaseDue(_nowNs);
        Sweep();
        return End();
    }

    /// <summary>Everything that is held is handed over as it is: the source has ended.</summary>
    public ExchangeBatch Flush()
    {
        _out.Begin(_nowNs, _realMinusMonotonicNs);
        ReleaseDue(long.MaxValue);
        return End();
    }

    private ExchangeBatch End()
    {
        _out.End(_counters);
        _out.End(Counters());
        return _out;
    }

    private AssemblyCounters Counters() => new(_calls, _unparented, _joined, _spans.Lost, _early, _held.Count);

    /// <summary>False when every exchange of the batch is a whole trace: nothing is copied then.</summary>
    private bool HasWork(ExchangeBatch batch)
    {
        if (batch.Spans.Length > 0)
        {
            return true;
        }

        foreach (ref readonly Exchange exchange in batch.Items)
        {
            if (exchange.Role == Role.Client || _peers.MayCome(exchange))
            {
                return true;
            }
        }

        return false;
    }

    private void TakeCallsAndSpans(ExchangeBatch batch)
    {
        _quiet = false;
        foreach (ref readonly Exchange exchange in batch.Items)
        {
            if (exchange.Role == Role.Client)
            {
                TakeCall(exchange, batch.Path(exchange));
            }
            else
            {
                _peers.SawServer(exchange);
            }
        }

        foreach (ref readonly SpanEvent span in batch.Spans)
        {
            _processes.GetOrAdd(span.Pid, _nowNs).LastSpanNs = _nowNs;
            _spans.Add(span, batch.Text.Slice(span.TextStart, span.TextLength));
        }
    }

    private void TakeCall(in Exchange exchange, ReadOnlySpan<byte> text)
    {
        _calls++;
        ProcessCalls process = _processes.GetOrAdd(exchange.Pid, _nowNs);
        process.LastCallNs = _nowNs;
        process.OnlyCalls &= !exchange.CallerServes;
        _peers.SawClient(exchange);
        HeldExchange call = Hold(exchange, text, process);
        process.AddCall(call);
        _threads.EnterCall(call);
        if (_ends.Take(exchange) is { } server)
        {
            Join(call, server);
        }
        else if (_peers.MayCome(exchange))
        {
            _ends.Add(call);
        }

        // A call that waits longer is scheduled again then: most have found their request, and would fill the queue.
        _held.Schedule(call, process.OnlyCalls ? Patience.Hold : process.IsSlowLoop(_nowNs) ? PatienceForRequest : Patience.Unknown);
        CloseIfAlone(call);
    }

    /// <summary>Less when there is much to be held, so that calls without a request do not push out the others.</summary>
    private Patience PatienceForRequest => _held.Count > HeldExchanges.Capacity / 2 ? Patience.Unknown : Patience.Request;

    /// <summary>A process that calls itself, or a thread whose last call had no request, is a user and not a server.</summary>
    private static bool MayHaveRequest(HeldExchange call) =>
        (call.FirstChild is null || call.FirstChild.Value.Pid != call.Value.Pid) && call.WriteLog is null or { UnparentedNs: 0 };

    private void TakeRequest(in Exchange exchange, ReadOnlySpan<byte> text)
    {
        ProcessCalls process = _processes.GetOrAdd(exchange.Pid, _nowNs);
        process.LastRequestNs = _nowNs;
        process.OnlyCalls = false;
        HeldExchange? client = _ends.Take(exchange);
        bool hasInside = process.HasInside(_nowNs);
        bool awaitsClient = client is null && ConnectionEnds.HasNumbers(exchange) && _peers.MayCome(exchange);
        if (client is null && !hasInside && !awaitsClient)
        {
            _out.Add(exchange, text);
            return;
        }

        HeldExchange request = Hold(exchange, text, process);
        process.Requests.Add(request);
        if (hasInside)
        {
            process.SawServing(exchange.Tid, exchange.WriteTid);
            process.SawDuration(exchange.DurationNs, _nowNs);
            _threads.EnterRequest(request);
        }

        if (awaitsClient)
        {
            _ends.Add(request);
        }

        request.IsClosed = !hasInside && !awaitsClient;
        _held.Schedule(request, process.IsSlowLoop(_nowNs) ? Patience.Line : Patience.Hold);
        if (client is not null)
        {
            Join(client, request);
            CloseIfAlone(client);
        }

        _handover.HandOverIfWhole(request);
    }

    private HeldExchange Hold(in Exchange exchange, ReadOnlySpan<byte> text, ProcessCalls process)
    {
        while (_held.IsFull && _held.TakeDue(long.MaxValue) is { } oldest)
        {
            _early++;
            FallDue(oldest, final: true);
        }

        HeldExchange held = _held.Add(exchange, text);
        held.Value.ParentMethod = exchange.Role == Role.Server ? ParentMethod.Root : ParentMethod.None;
        held.Value.Confidence = exchange.Role == Role.Server ? Confidence.Certain : Confidence.Weak;
        held.Process = process;
        return held;
    }

    private void Join(HeldExchange client, HeldExchange server)
    {
        if (client.CanAdopt(server))
        {
            _joined++;
            client.Adopt(server, ParentMethod.Connection, Confidence.Certain);
            _peers.Joined(client.Value);
            _peers.Joined(server.Value);
        }
    }

    /// <summary>A call of a process that only calls has no request to wait for; with its other end there it is whole.</summary>
    private void CloseIfAlone(HeldExchange call)
    {
        if (call.Parent is null && !call.AwaitsOtherEnd && call.Process!.OnlyCalls)
        {
            _handover.Close(call);
        }
    }

    private void ReleaseDue(long nowNs)
    {
        while (_held.TakeDue(nowNs) is { } due)
        {
            FallDue(due, final: nowNs == long.MaxValue);
        }
    }

    /// <param name="final">There is no later for it.</param>
    private void FallDue(HeldExchange due, bool final)
    {
        if (due.AwaitsOtherEnd)
        {
            _ends.Remove(due);
            _peers.Missed(due.Value);
        }

        if (!due.IsClient)
        {
            _claims.Claim(due, _nowNs);
        }
        else if (due.Parent is null && !StayUnparented(due, final))
        {
            return;
        }

        _handover.Close(due);
    }

    /// <returns>False when the call waits on, because its process serves.</returns>
    private bool StayUnparented(HeldExchange call, bool final)
    {
        ProcessCalls process = call.Process!;
        bool serves = call.Value.CallerServes || process.Serves(_nowNs);
        if (!final && serves && MayHaveRequest(call) && call.Patience < PatienceForRequest)
        {
            _held.Schedule(call, PatienceForRequest);
            return false;
        }

        process.OnlyCalls |= !serves;
        if (serves)
        {
            _unparented++;
            call.Value.Notes |= ParentSearch.IsLate(call) ? ExchangeNotes.ParentGone : ExchangeNotes.None;
            if (call.WriteLog is { } log)
            {
                log.UnparentedNs = call.FromNs;
            }
        }

        return true;
    }

    private void Sweep()
    {
        if (_nowNs < _nextSweepNs)
        {
            return;
        }

        _nextSweepNs = _nowNs + SweepEveryNs;
        _spans.ForgetOld(_nowNs);
        _threads.ForgetSilent(_nowNs);
        _processes.ForgetSilent(_nowNs);
        _quiet = _held.Count == 0 && _spans.Count == 0 && _processes.IsQuiet(_nowNs);
    }
}

public static class TraceAssemblerExtensions
{
    /// <summary>Batches of traces, on the caller's thread; each is lent for the time of its <c>OnNext</c>.</summary>
    public static IObservable<ExchangeBatch> Assemble(this IObservable<ExchangeBatch> exchanges, TraceAssembler assembler) =>
        exchanges.Select(assembler.Assemble).Concat(Observable.Defer(() => Observable.Return(assembler.Flush())));
}
