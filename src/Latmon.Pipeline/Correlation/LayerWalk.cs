namespace Latmon.Pipeline.Correlation;

/// <param name="Ns">0 when the layer is unavailable.</param>
public readonly record struct LayerPlace(Layer Layer, long OffsetNs, long Ns, Evidence Evidence);

/// <summary>
/// The layers that occur in an exchange, in order and with their places. Unattributed time comes last in the order but lies where
/// the moments were missing.
/// </summary>
public ref struct LayerWalk(in Exchange exchange)
{
    private readonly ReadOnlySpan<Layer> _order = exchange.Role == Role.Server ? Pipeline.Layers.OfServer : Pipeline.Layers.OfClient;
    private readonly long _gapNs = exchange.Layers.Ns[(int)Layer.Unattributed];
    private readonly LayerCut _cut = exchange.Layers;
    private int _next;
    private long _offsetNs;
    private long _gapOffsetNs;

    public LayerPlace Current { get; private set; }

    public readonly LayerWalk GetEnumerator() => this;

    public bool MoveNext()
    {
        int last = _order.Length - 1;
        while (_next < last)
        {
            Layer layer = _order[_next++];
            if (_gapNs > 0 && layer == _cut.GapBefore)
            {
                _gapOffsetNs = _offsetNs;
                _offsetNs += _gapNs;
            }

            if (_cut.Occurs(layer))
            {
                long ns = _cut.Ns[(int)layer];
                Current = new LayerPlace(layer, _offsetNs, ns, _cut.Evidence(layer));
                _offsetNs += ns;
                return true;
            }
        }

        if (_next++ > last || _gapNs == 0)
        {
            return false;
        }

        _gapOffsetNs = _cut.GapBefore == Layer.Unattributed ? _offsetNs : _gapOffsetNs;
        Current = new LayerPlace(Layer.Unattributed, _gapOffsetNs, _gapNs, Evidence.Measured);
        return true;
    }
}
