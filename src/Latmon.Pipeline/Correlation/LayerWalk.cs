namespace Latmon.Pipeline.Correlation;

/// <param name="Ns">0 when the layer is unavailable.</param>
public readonly record struct LayerPlace(Layer Layer, long OffsetNs, long Ns, Evidence Evidence);

/// <summary>
/// The layers that occur in an exchange, in order and with their places. Unattributed time comes last in the order but lies where
/// the moments were missing.
/// </summary>
public ref struct LayerWalk(LayerCut cut)
{
    private readonly long _gapNs = cut.Ns[(int)Layer.Unattributed];
    private readonly LayerCut _cut = cut;
    private int _next;
    private long _offsetNs;
    private long _gapOffsetNs;

    public LayerPlace Current { get; private set; }

    public readonly LayerWalk GetEnumerator() => this;

    public bool MoveNext()
    {
        while (_next < (int)Layer.Unattributed)
        {
            Layer layer = (Layer)_next++;
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

        if (_next++ > (int)Layer.Unattributed || _gapNs == 0)
        {
            return false;
        }

        Current = new LayerPlace(Layer.Unattributed, _gapOffsetNs, _gapNs, Evidence.Measured);
        return true;
    }
}
