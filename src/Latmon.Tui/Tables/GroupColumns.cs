using System.Globalization;
using Latmon.Pipeline;
using Latmon.Pipeline.Windows;
using Latmon.Tui.Drawing;

namespace Latmon.Tui.Tables;

/// <summary>The columns of the lists of routes and services.</summary>
internal static class GroupColumns
{
    public static readonly Column<GroupRow>[] All =
    [
        Latency("p99", 0, row => row.Summary.P99Ns),
        Latency("p50", 2, row => row.Summary.P50Ns),
        Latency("max", 3, row => row.Summary.MaxNs),
        new("rate/s", 7, 4, (row, _) => RateText(Rate(row)), (a, b) => Rate(b).CompareTo(Rate(a)))
        {
            RightAligned = true,
        },
        new("err", 5, 5, (row, _) => row.Errors.ToString(CultureInfo.InvariantCulture), (a, b) => b.Errors.CompareTo(a.Errors))
        {
            RightAligned = true,
            Ink = row => row.Errors > 0 ? Ink.Severe : Ink.Dim,
        },
        new("name", 0, 0, (row, _) => row.Key, (a, b) => string.CompareOrdinal(a.Key, b.Key)),
        new("most time in", 22, 1, (row, _) => MostText(row), (a, b) => Most(a).CompareTo(Most(b)))
        {
            Ink = row => Theme.Of(Most(row)),
        },
    ];

    public static string RateText(double perSecond) =>
        perSecond.ToString(perSecond < 9.95 ? "0.0" : "0", CultureInfo.InvariantCulture);

    private static double Rate(GroupRow row) => row.Summary.PerSecond;

    private static Column<GroupRow> Latency(string title, int rank, Func<GroupRow, long> ns) => new(
        title, 7, rank, (row, _) => LatencyText.Format(ns(row)), (a, b) => ns(b).CompareTo(ns(a)))
    {
        RightAligned = true,
        Ink = _ => title == "p99" ? Ink.Strong : Ink.Text,
    };

    private static Layer Most(GroupRow row)
    {
        int most = 0;
        for (int layer = 1; layer < Math.Min(Layers.SummedCount, row.LayerTotalsNs.Length); layer++)
        {
            most = row.LayerTotalsNs[layer] > row.LayerTotalsNs[most] ? layer : most;
        }

        return (Layer)most;
    }

    private static string MostText(GroupRow row)
    {
        Layer most = Most(row);
        double share = row.Summary.TotalNs > 0 ? (double)row.LayerTotalsNs[(int)most] / row.Summary.TotalNs : 0;
        return $"{Math.Round(share * 100)}% {most.Title()}";
    }
}
