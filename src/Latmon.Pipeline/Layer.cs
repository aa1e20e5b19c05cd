namespace Latmon.Pipeline;

/// <summary>
/// A named place where the time of an exchange goes. Which of them occur, and in which order, depends on the end from which
/// the exchange was seen (<see cref="Layers.OfServer"/>, <see cref="Layers.OfClient"/>); those are contiguous and sum to
/// the duration, and <see cref="NetEgress"/> lies after it. The numbers are array indexes and stored in recordings: they only
/// ever grow.
/// </summary>
public enum Layer
{
    NetIngress = 0,
    TcpRx = 1,
    AcceptWait = 2,
    RequestUpload = 3,
    SockWait = 4,
    App = 5,
    ResponseWrite = 6,
    TcpTx = 7,
    Unattributed = 8,
    NetEgress = 9,
    RequestWrite = 10,
    Remote = 11,
    ResponseDownload = 12,
}

/// <summary>How a layer's time is known. A layer that is <see cref="Unavailable"/> is never shown as 0.</summary>
public enum Evidence : byte
{
    Unavailable = 0,
    Measured = 1,

    /// <summary>Derived from neighbouring stamps: an upper bound, or a neighbour's time included in it.</summary>
    Inferred = 2,
}

/// <summary>The fixed identifiers (JSON, filters) and titles (screen) of the layers.</summary>
public static class Layers
{
    /// <summary>Layers that sum to the duration of a server's exchange.</summary>
    public const int SummedCount = 9;

    /// <summary>Layers of a server's exchange, with the delivery tail that is outside the sum.</summary>
    public const int Count = 10;

    /// <summary>Of both ends: the size of an array indexed by <see cref="Layer"/>.</summary>
    public const int TotalCount = 13;

    private static readonly string[] Ids =
    [
        "net.ingress", "tcp.rx", "accept.wait", "request.upload", "sock.wait",
        "app", "response.write", "tcp.tx", "unattributed", "net.egress",
        "request.write", "remote", "response.download",
    ];

    private static readonly string[] Titles =
    [
        "Network ingress", "Kernel TCP receive", "Accept queue", "Request upload", "Socket wait",
        "Application", "Response write", "Kernel TCP send", "Unattributed", "Network egress",
        "Request write", "Remote", "Response download",
    ];

    private static readonly Layer[] ServerOrder =
    [
        Layer.NetIngress, Layer.TcpRx, Layer.AcceptWait, Layer.RequestUpload, Layer.SockWait,
        Layer.App, Layer.ResponseWrite, Layer.TcpTx, Layer.Unattributed,
    ];

    private static readonly Layer[] ClientOrder =
    [
        Layer.RequestWrite, Layer.TcpTx, Layer.Remote, Layer.ResponseDownload, Layer.SockWait, Layer.Unattributed,
    ];

    /// <summary>In the order in which a request meets them; unattributed time, which can lie anywhere, last.</summary>
    public static ReadOnlySpan<Layer> OfServer => ServerOrder;

    /// <summary>As <see cref="OfServer"/>, for the end that wrote the request.</summary>
    public static ReadOnlySpan<Layer> OfClient => ClientOrder;

    public static ReadOnlySpan<Layer> Of(Role role) => role == Role.Client ? ClientOrder : ServerOrder;

    public static string Id(this Layer layer) => Ids[(int)layer];

    public static string Title(this Layer layer) => Titles[(int)layer];

    public static bool TryParse(ReadOnlySpan<char> id, out Layer layer)
    {
        for (int i = 0; i < Ids.Length; i++)
        {
            if (id.Equals(Ids[i], StringComparison.OrdinalIgnoreCase))
            {
                layer = (Layer)i;
                return true;
            }
        }

        layer = default;
        return false;
    }
}
