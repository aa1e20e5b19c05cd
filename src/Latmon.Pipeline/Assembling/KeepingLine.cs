namespace Latmon.Pipeline.Assembling;

/// <summary>
/// The line in which an event loop's requests wait for a connection of a pool, as it would be if who is read first is served first, and
/// keeps the connection until it is answered, as for a transaction.
/// </summary>
/// <remarks>
/// A connection is given back right before the answer is written, so that the next one's call may come between the reply and the
/// answer: whose a call on a kept connection is, is known when the thread reads again. Whether all that is so is found out as in
/// <see cref="WaitingLine"/>: an answer that is written right after a reply must be that of the request which keeps that connection. Where
/// it is another's, the two are exchanged. Where that is so too often, somebody is missing (who asked before latmon came, or whose record
/// came too late): then as many stand in the line, of whom nothing is known, as there were.
/// </remarks>
internal sealed class KeepingLine
{
    private const int MostWaiting = 512;
    private const int MostConnections = 1024;

    /// <summary>By chance one answer in as many as there are connections would fit: of a pool of two every second.</summary>
    private const int Trusted = 24;

    private readonly List<KeepingPlace> _waiting = [];

    /// <summary>Of each connection; the default when it is not known who.</summary>
    private readonly Dictionary<ulong, KeepingPlace> _keepers = [];
    private readonly List<HeldExchange> _sinceRead = [];
    private LineRecord _record;

    public LineRecord Record => _record;

    /// <summary>The thread reads: what it wrote before on kept connections was written for those who keep them.</summary>
    public void Read() => _sinceRead.Clear();

    public void Ask(HeldExchange request)
    {
        if (_waiting.Count == MostWaiting)
        {
            _waiting.RemoveAt(0);
        }

        _waiting.Add(new KeepingPlace(request, request.Generation));
    }

    public void Call(HeldExchange call)
    {
        if (_keepers.TryGetValue(call.Value.Conn, out KeepingPlace keeper))
        {
            call.Keeper = keeper;
            _sinceRead.Add(call);
        }
        else
        {
            Serve(call);
        }
    }

    /// <summary>It was answered without a reply before.</summary>
    public void Leave(HeldExchange request)
    {
        int at = _waiting.FindIndex(place => place.Is(request));
        if (at >= 0)
        {
            _waiting.RemoveAt(at);
        }
        else
        {
            GiveBack(request.KeptConn);
        }
    }

    /// <summary>The request was answered when the reply to that call had been read.</summary>
    public void Answered(HeldExchange request, HeldExchange call)
    {
        KeepingPlace keeper = call.Keeper;
        request.IsKeeperProved = keeper.Is(request);
        if (keeper.Request is not null)
        {
            _record.Add(request.IsKeeperProved);
        }

        GiveBack(call.Value.Conn);
        if (!request.IsKeeperProved)
        {
            Exchange(keeper, request);
        }
    }

    public void RenewIfLost(UnderWay underWay)
    {
        if (!_record.IsLost)
        {
            return;
        }

        _record.Renewed();
        _waiting.Clear();
        _keepers.Clear();
        _sinceRead.Clear();
        foreach (HeldExchange call in underWay.Calls)
        {
            call.Keeper = default;
            Keep(call.Value.Conn, default);
        }

        for (int i = _keepers.Count; i < Math.Min(underWay.Requests, MostWaiting); i++)
        {
            _waiting.Add(default);
        }
    }

    public LineWord Of(HeldExchange call, HeldExchange request)
    {
        if (_record.Run < Trusted || call.Keeper.Request is null)
        {
            return LineWord.Nothing;
        }

        return !call.Keeper.Is(request) ? LineWord.Another : request.IsKeeperProved ? LineWord.Its : LineWord.Nothing;
    }

    private void Serve(HeldExchange call)
    {
        int gone = 0;
        while (gone < _waiting.Count && _waiting[gone] is { Request: not null, IsAlive: false })
        {
            gone++;
        }

        call.Keeper = gone < _waiting.Count ? _waiting[gone] : default;
        _waiting.RemoveRange(0, Math.Min(gone + 1, _waiting.Count));
        Keep(call.Value.Conn, call.Keeper);
    }

    private void Keep(ulong connection, in KeepingPlace keeper)
    {
        if (_keepers.Count >= MostConnections)
        {
            _keepers.Clear();
        }

        _keepers[connection] = keeper;
        if (keeper.IsAlive)
        {
            keeper.Request!.KeptConn = connection;
        }
    }

    /// <summary>Who called on it since the thread read is the next in the line.</summary>
    private void GiveBack(ulong connection)
    {
        _ = _keepers.Remove(connection);
        foreach (HeldExchange call in _sinceRead)
        {
            if (call.Value.Conn == connection)
            {
                Serve(call);
            }
        }
    }

    /// <summary>One had the place of the other, who has it now.</summary>
    private void Exchange(in KeepingPlace one, HeldExchange answered)
    {
        int at = _waiting.FindIndex(place => place.Is(answered));
        if (at >= 0 && (one.IsAlive || one.Request is null))
        {
            _waiting[at] = one;
        }
        else if (at >= 0)
        {
            _waiting.RemoveAt(at);
        }
        else if (_keepers.TryGetValue(answered.KeptConn, out KeepingPlace place) && place.Is(answered))
        {
            Keep(answered.KeptConn, one);
        }
    }
}

internal readonly record struct KeepingPlace(HeldExchange? Request, int Generation)
{
    public bool IsAlive => Request is not null && Request.Generation == Generation;

    public bool Is(HeldExchange request) => Request == request && Generation == request.Generation;
}
