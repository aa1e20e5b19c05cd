namespace Latmon.Pipeline.Correlation;

/// <param name="Ns">0 when the layer is unavailable.</param>
public readonly record struct LayerPlace(Layer Layer, long OffsetNs, long Ns, Evidence Evidence);

/// <summary>
/// The layers that occur in an exchange, in order and with their places. Unattributed time comes last in the order but lies where
/// the moments were missing.
/// </summary>
public ref struct LayerWalk(in Exchange exchange)
{
    private readonly ReadOnlySpan<Layer> _order = Layers.Of(exchange.Role);
    private readonly long _gapNs = exchange.Layers.Ns[(int)Layer.Unattributed];
    private readonly LayerCut _cut = exchange.Layers;
    private int _next;
    private long _offsetNs;
    private long _gapOffsetNs;

    public LayerPlace Current { get; private set; }

    public readonly LayerWalk GetEnumerator() => this;

    public bool MoveNext()
    {
        while (_next < _order.Length)
        {
            Layer layer = _order[_next++];
            if (!_cut.Occurs(layer))
            {
                continue;
            }

            if (layer == Layer.Unattributed)
            {
                Current = new LayerPlace(layer, _gapOffsetNs, _gapNs, Evidence.Measured);
                return true;
            }

            long ns = _cut.Ns[(int)layer];
            Current = new LayerPlace(layer, _offsetNs, ns, _cut.Evidence(layer));
            _offsetNs += ns;
            if (layer == _cut.GapBehind)
            {
                _gapOffsetNs = _offsetNs;
                _offsetNs += _gapNs;
            }

            return true;
        }

        return false;
    }
}
