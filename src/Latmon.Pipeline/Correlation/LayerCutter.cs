namespace Latmon.Pipeline.Correlation;

/// <summary>
/// Cuts the time of an exchange into layers.
/// </summary>
/// <remarks>
/// The moments are walked in order. Between two neighbouring moments lies one layer; where a moment in between was not
/// seen, the layers that it would have separated are unavailable and their time is unattributed, never given to a
/// neighbour. A moment that lies before its predecessor (two threads, a retransmission) is moved to it. So the layers are
/// contiguous, never negative, and their sum is the duration exactly. The layers of packets do not occur on AF_UNIX, where
/// what is written is readable at the other end then and there.
/// </remarks>
internal ref struct LayerCutter
{
    private LayerCut _cut;
    private long _cursorNs;
    private long _unattributedNs;
    private int _open;

    public static void Cut(in Moments at, ref Exchange exchange)
    {
        if (at.Role == Role.Client)
        {
            CutClient(at, ref exchange);
        }
        else
        {
            CutServer(at, ref exchange);
        }
    }

    private static void CutServer(in Moments at, ref Exchange exchange)
    {
        bool knowsArrival = at.NicNs > 0 || at.TcpNs > 0 || at.IsUnix;
        LayerCutter cutter = new() { _cursorNs = at.FirstSeenNs, _open = knowsArrival ? 0 : 1 };
        exchange.StartNs = cutter._cursorNs;
        if (!at.IsUnix)
        {
            cutter.Step(Layer.NetIngress, at.NicNs > 0 ? at.TcpNs : 0, at.NicNs > 0);
            cutter.Step(Layer.TcpRx, at.ReadyNs, true);
        }

        if (at.BeforeAccept)
        {
            cutter.Step(Layer.AcceptWait, at.AcceptNs, at.AcceptNs > 0);
        }

        if (at.SeveralSegments)
        {
            cutter.Step(Layer.RequestUpload, at.ReadyLastNs, true);
        }

        cutter.Step(Layer.SockWait, at.ReadLastNs, true);
        if (at.WriteNs > 0)
        {
            cutter.Step(Layer.App, at.WriteNs, true);
            cutter.Step(Layer.ResponseWrite, at.WriteLastNs, true);
        }

        if (at.WriteNs > 0 && !at.IsUnix)
        {
            cutter.Step(Layer.TcpTx, at.TxLastNs, true);
        }

        cutter.FinishServer(at, ref exchange);
    }

    private static void CutClient(in Moments at, ref Exchange exchange)
    {
        LayerCutter cutter = new() { _cursorNs = at.FirstSeenNs, _open = at.WriteNs > 0 ? 0 : 1 };
        exchange.StartNs = cutter._cursorNs;
        cutter.Step(Layer.RequestWrite, at.WriteLastNs, true);
        if (!at.IsUnix)
        {
            cutter.Step(Layer.TcpTx, at.TxLastNs, true);
        }

        if (at.HasAnswer)
        {
            cutter.Step(Layer.Remote, at.IsUnix ? at.ReadyNs : at.NicNs > 0 ? at.NicNs : at.TcpNs, true);
            cutter.Step(Layer.ResponseDownload, at.ReadyLastNs, true);
            cutter.Step(Layer.SockWait, at.ReadLastNs, true);
        }

        cutter.Finish(ref exchange);
        exchange.InsideFromNs = at.WriteNs;
        exchange.InsideToNs = at.ReadLastNs;
        exchange.DeliveredNs = Exchange.NotSeen;
    }

    /// <param name="endNs">Where the layer ends; 0 when that was not seen.</param>
    /// <param name="separates">False when the layer is merged into the next one, so that its end is not awaited.</param>
    private void Step(Layer layer, long endNs, bool separates)
    {
        if (!separates)
        {
            _cut.Set(layer, 0, Evidence.Unavailable);
            return;
        }

        if (endNs <= 0)
        {
            _cut.Set(layer, 0, Evidence.Unavailable);
            _open++;
            return;
        }

        long ns = Math.Max(0, endNs - _cursorNs);
        _cursorNs += ns;
        if (_open == 0)
        {
            _cut.Set(layer, ns, Evidence.Measured);
            return;
        }

        _cut.Set(layer, 0, Evidence.Unavailable);
        _unattributedNs += ns;
        _cut.GapBehind = ns > 0 ? layer : _cut.GapBehind;
        _open = 0;
    }

    private void FinishServer(in Moments at, ref Exchange exchange)
    {
        if (at.BeforeAccept && at.AcceptNs == 0 && _cut.Evidence(Layer.SockWait) == Evidence.Measured)
        {
            _cut.Set(Layer.SockWait, _cut.Ns[(int)Layer.SockWait], Evidence.Inferred);
            exchange.Notes |= ExchangeNotes.AcceptInSockWait;
        }

        Finish(ref exchange);
        exchange.InsideFromNs = at.ReadLastNs;
        exchange.InsideToNs = at.WriteNs;
        exchange.DeliveredNs = at.AckNs > 0 && at.TxLastNs > 0 ? Math.Max(0, at.AckNs - _cursorNs) : Exchange.NotSeen;
    }

    private void Finish(ref Exchange exchange)
    {
        if (_unattributedNs > 0)
        {
            _cut.Set(Layer.Unattributed, _unattributedNs, Evidence.Measured);
        }

        exchange.Layers = _cut;
        exchange.DurationNs = _cursorNs - exchange.StartNs;
    }
}
