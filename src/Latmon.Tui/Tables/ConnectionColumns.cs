using System.Globalization;
using Latmon.Pipeline;
using Latmon.Tui.Drawing;

namespace Latmon.Tui.Tables;

/// <summary>The columns of the list of connections.</summary>
internal static class ConnectionColumns
{
    public static readonly Column<ConnectionRow>[] All =
    [
        new("max", 7, 0, (row, _) => LatencyText.Format(row.MaxNs), (a, b) => b.MaxNs.CompareTo(a.MaxNs))
        {
            RightAligned = true,
            Ink = _ => Ink.Strong,
        },
        new("median", 7, 3, (row, _) => LatencyText.Format(row.MedianNs), (a, b) => b.MedianNs.CompareTo(a.MedianNs))
        {
            RightAligned = true,
        },
        new("kept", 5, 4, (row, _) => Count(row.Requests), (a, b) => b.Requests.CompareTo(a.Requests))
        {
            RightAligned = true,
        },
        new("sent again", 10, 5, (row, _) => Count(row.Retransmits), (a, b) => b.Retransmits.CompareTo(a.Retransmits))
        {
            RightAligned = true,
            Ink = row => row.Retransmits > 0 ? Ink.Severe : Ink.Dim,
        },
        new("rtt", 7, 2, (row, _) => LatencyText.Format(row.RoundTripNs), (a, b) => Nullable.Compare(b.RoundTripNs, a.RoundTripNs))
        {
            RightAligned = true,
        },
        new("peer", 0, 0, (row, _) => row.Connection.Remote, (a, b) => Compare(a.Connection.Remote, b.Connection.Remote)),
        new("local", 21, 6, (row, _) => row.Connection.Local, (a, b) => Compare(a.Connection.Local, b.Connection.Local)),
        new("process", 14, 1, (row, _) => RequestColumns.ProcessText(row.Process), (a, b) => Compare(a.Process.Comm, b.Process.Comm)),
        new("last", 4, 7, (row, now) => RequestColumns.AgeText(row.LastEndUnixNs, now), (a, b) => b.LastEndUnixNs.CompareTo(a.LastEndUnixNs))
        {
            RightAligned = true,
        },
    ];

    private static string Count(long count) => count.ToString(CultureInfo.InvariantCulture);

    private static int Compare(string a, string b) => string.CompareOrdinal(a, b);
}
