namespace Latmon.Pipeline.Correlation;

/// <summary>Running totals, written by the correlating thread only.</summary>
internal struct CorrelationTotals
{
    public long Records;
    public long Malformed;
    public long Exchanges;
    public long Incomplete;
    public long Evicted;
}
