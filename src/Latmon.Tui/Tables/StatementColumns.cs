using System.Globalization;
using Latmon.Pipeline;
using Latmon.Tui.Drawing;

namespace Latmon.Tui.Tables;

/// <summary>The columns of the list of database statements.</summary>
internal static class StatementColumns
{
    /// <summary>From so many calls in one request on, one call for all of them would be quicker.</summary>
    private const double Many = 10;

    public static readonly Column<StatementRow>[] All =
    [
        Latency("sum", 0, row => row.Summary.TotalNs, Ink.Strong),
        Count("calls", 3, row => row.Summary.Count),
        new("rate/s", 7, 8, (row, _) => GroupColumns.RateText(row.Summary.PerSecond),
            (a, b) => b.Summary.PerSecond.CompareTo(a.Summary.PerSecond))
        {
            RightAligned = true,
        },
        Latency("p50", 6, row => row.Summary.P50Ns, Ink.Text),
        Latency("p99", 1, row => row.Summary.P99Ns, Ink.Text),
        Latency("max", 5, row => row.Summary.MaxNs, Ink.Text),
        Count("err", 4, row => row.Errors) with { Ink = row => row.Errors > 0 ? Ink.Severe : Ink.Dim },
        new("per req", 7, 2, (row, _) => row.PerRequest is { } calls ? GroupColumns.RateText(calls) : "?",
            (a, b) => Comparer<double?>.Default.Compare(b.PerRequest, a.PerRequest))
        {
            RightAligned = true,
            Ink = row => row.PerRequest >= Many ? Ink.Raised : Ink.Text,
        },
        new("statement", 0, 0, (row, _) => row.Statement, (a, b) => string.CompareOrdinal(a.Statement, b.Statement)),
        new("most time in", 20, 7, (row, _) => row.Inside, (a, b) => string.CompareOrdinal(b.Inside, a.Inside))
        {
            Ink = row => row.Inside.Contains("lock", StringComparison.OrdinalIgnoreCase) ? Ink.Severe : Ink.Text,
        },
        new("server", 15, 9, (row, _) => row.Server, (a, b) => string.CompareOrdinal(a.Server, b.Server)),
    ];

    private static Column<StatementRow> Count(string title, int rank, Func<StatementRow, long> count) => new(
        title, 6, rank, (row, _) => count(row).ToString(CultureInfo.InvariantCulture), (a, b) => count(b).CompareTo(count(a)))
    {
        RightAligned = true,
    };

    private static Column<StatementRow> Latency(string title, int rank, Func<StatementRow, long> ns, Ink ink) => new(
        title, 7, rank, (row, _) => LatencyText.Format(ns(row)), (a, b) => ns(b).CompareTo(ns(a)))
    {
        RightAligned = true,
        Ink = _ => ink,
    };
}
