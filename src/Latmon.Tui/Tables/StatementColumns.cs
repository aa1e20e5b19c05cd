using System.Globalization;
using Latmon.Pipeline;
using Latmon.Tui.Drawing;

namespace Latmon.Tui.Tables;

/// <summary>The columns of the list of database statements.</summary>
internal static class StatementColumns
{
    public static readonly Column<StatementRow>[] All =
    [
        Latency("sum", 0, row => row.SumNs, Ink.Strong),
        Latency("mean", 4, row => row.MeanNs, Ink.Text),
        Latency("p99", 3, row => row.P99Ns, Ink.Text),
        Latency("max", 1, row => row.MaxNs, Ink.Text),
        new("calls", 6, 5, (row, _) => row.Calls.ToString(CultureInfo.InvariantCulture), (a, b) => b.Calls.CompareTo(a.Calls))
        {
            RightAligned = true,
        },
        new("per req", 7, 2, (row, _) => GroupColumns.RateText(row.PerRequest), (a, b) => b.PerRequest.CompareTo(a.PerRequest))
        {
            RightAligned = true,
            Ink = row => row.PerRequest >= 10 ? Ink.Raised : Ink.Text,
        },
        new("statement", 0, 0, (row, _) => row.Statement, (a, b) => string.CompareOrdinal(a.Statement, b.Statement)),
        new("most time in", 20, 6, (row, _) => row.Inside, (a, b) => string.CompareOrdinal(b.Inside, a.Inside))
        {
            Ink = row => row.Inside.Contains("lock", StringComparison.OrdinalIgnoreCase) ? Ink.Severe : Ink.Text,
        },
        new("server", 15, 7, (row, _) => row.Server, (a, b) => string.CompareOrdinal(a.Server, b.Server)),
    ];

    private static Column<StatementRow> Latency(string title, int rank, Func<StatementRow, long> ns, Ink ink) => new(
        title, 7, rank, (row, _) => LatencyText.Format(ns(row)), (a, b) => ns(b).CompareTo(ns(a)))
    {
        RightAligned = true,
        Ink = _ => ink,
    };
}
