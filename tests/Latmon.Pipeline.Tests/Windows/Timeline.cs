using Latmon.Pipeline.Correlation;
using Latmon.Pipeline.Filtering;
using Latmon.Pipeline.Windows;
using Latmon.Pipeline.Wire;
using Latmon.Testing;

namespace Latmon.Pipeline.Tests.Windows;

/// <summary>
/// Requests at moments of a virtual clock, through the whole pipeline. Times are milliseconds; the clock begins on a full second,
/// so that windows are [0, 1000), [1000, 2000), …
/// </summary>
internal sealed class Timeline
{
    private const long OutsideAppUs = 40; // of TurnBuilder.At

    private readonly Correlator _correlator = new();
    private readonly FramedRecords _records = new();
    private uint _number;

    public Timeline(TraceFilter? filter = null) => Windows = new LiveWindows(filter ?? TraceFilter.None);

    public LiveWindows Windows { get; }

    /// <summary>A request that ends at the given moment.</summary>
    /// <param name="resentForMs">Not 0: its answer was sent again after that, and acknowledged so long after the end.</param>
    public Timeline Request(
        double endMs, double durationMs = 10, string path = "/a", int status = 200, string comm = "nginx", long resentForMs = 0)
    {
        long us = (long)(durationMs * 1000);
        TurnBuilder turn = new TurnBuilder(number: ++_number)
            .Request($"GET {path} HTTP/1.1\r\n\r\n").Response($"HTTP/1.1 {status} X\r\nContent-Length: 0\r\n\r\n")
            .At((long)(endMs * 1000) - us, us - OutsideAppUs).Whole();
        if (resentForMs > 0)
        {
            turn.Record.Retransmits = 1;
            turn.Record.AckNs = turn.Record.TxLastNs + (resentForMs * 1_000_000);
            turn.Record.ResentNs = turn.Record.ResentLastNs = turn.Record.AckNs - 1_000_000;
        }

        turn.Record.Comm = default;
        System.Text.Encoding.UTF8.GetBytes(comm).CopyTo(turn.Record.Comm);
        _ = _records.Add(turn);
        return this;
    }

    /// <summary>The source drains; null when no snapshot is due.</summary>
    public Snapshot? Drain(long atMs, long lost = 0, long unseen = 0)
    {
        RecordBatch batch = _records.Batch(TurnBuilder.BaseNs + (atMs * 1_000_000), realMinusMonotonicNs: 1, lost, unseen);
        Snapshot? snapshot = Windows.Add(_correlator.Correlate(batch));
        _records.Clear();
        return snapshot;
    }
}
